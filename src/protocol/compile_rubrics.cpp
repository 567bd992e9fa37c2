// Rubrics and options.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

// The rubric every protocol has, in the notation of any other.
constexpr std::string_view kStandardRubric = R"yaml(
guidance: >-
  Reward named people, systems and processes, figures with units, dates and sources. Do not reward length, style or
  confidence. An answer may honestly say that something is not known, if it says how and when it will be.
precheck:
  - id: dismissive
    when: dismissive(answer)
    cap: 2
    say: This does not answer the question.
    ask: What exactly is known today, and if nothing is, who will find out by when?
  - id: short
    when: words(answer) < 8
    cap: 3
    say: Too short to judge.
    ask: Who or what is concerned, how often, and what does it cost today?
  - id: copy
    when: similarity(answer, question) >= 75 && words(answer) < 40
    cap: 3
    say: This repeats the question.
    ask: What is the answer in your project? Name systems, people and figures.
  - id: vague
    when: vague(answer)
    cap: 5
    say: Vague words without anything to back them.
    ask: Which metric should change, from what baseline to what target, and by when?
  - id: no_number
    when: >-
      numbers(answer) == 0 && ["how many", "how much", "how often", "how long", "how large", "baseline", "what share",
      "measured how", "what percentage"].exists(w, question.lowerAscii().contains(w))
    cap: 5
    say: The question asks for a figure and there is none.
    ask: What is the figure today, in which unit, and where does it come from?
)yaml";

Scope precheck_scope() {
  Scope scope;
  scope.declare("answer", "answer", Type::of(Type::Kind::kString));
  scope.declare("question", "question", Type::of(Type::Kind::kString));
  return scope;
}

void read_prechecks(CompileState& state, const SourceNode& node, Rubric& rubric) {
  const SourceNode* list = state.reader.sequence(node, "precheck");
  if (list == nullptr) return;
  const Scope scope = precheck_scope();
  for (const auto& item : list->items) {
    if (!state.reader.mapping(item, "a pre-check", {"id", "when", "cap", "say", "ask"})) continue;
    const std::string id = state.reader.identifier(item, "id");
    const SourceNode* when = state.reader.member(item, "when", Presence::kRequired);
    state.reader.member(item, "cap", Presence::kRequired);
    const auto cap = state.reader.integer(item, "cap", 0, 10);
    const std::string say = state.reader.text(item, "say", Presence::kRequired);
    if (when == nullptr) continue;
    auto condition = read_expression(state, *when, scope, Type::of(Type::Kind::kBool));
    if (!condition) continue;
    rubric.prechecks.push_back(
        {id, *std::move(condition), static_cast<int>(cap.value_or(0)), say, state.reader.text(item, "ask")});
  }
}

Rubric read_rubric(CompileState& state, const std::string& id, const SourceNode& node) {
  Rubric rubric;
  rubric.id = id;
  if (!state.reader.mapping(node, fmt::format("the rubric '{}'", id),
                            {"accept", "attempts", "weights", "guidance", "tier", "precheck"}))
    return rubric;
  rubric.accept = static_cast<int>(state.reader.integer(node, "accept", 1, 10).value_or(rubric.accept));
  rubric.attempts = static_cast<int>(state.reader.integer(node, "attempts", 1, 10).value_or(rubric.attempts));
  rubric.guidance = state.reader.text(node, "guidance");
  if (auto tier = state.reader.choice(node, "tier", {"fast", "balanced", "powerful"})) rubric.tier = *std::move(tier);
  if (const SourceNode* weights = state.reader.member(node, "weights");
      weights != nullptr &&
      state.reader.mapping(*weights, "`weights`",
                           {"specificity", "measurability", "completeness", "coherence", "relevance"})) {
    const auto weight = [&](std::string_view key, int& target) {
      target = static_cast<int>(state.reader.integer(*weights, key, 0, 100).value_or(target));
    };
    weight("specificity", rubric.weights.specificity);
    weight("measurability", rubric.weights.measurability);
    weight("completeness", rubric.weights.completeness);
    weight("coherence", rubric.weights.coherence);
    weight("relevance", rubric.weights.relevance);
    const auto& w = rubric.weights;
    if (w.specificity + w.measurability + w.completeness + w.coherence + w.relevance == 0)
      state.reader.error(*weights, "all weights are 0", "give at least one dimension a weight");
  }
  read_prechecks(state, node, rubric);
  return rubric;
}

}  // namespace

void declare_options(const Protocol& protocol, Scope& scope) {
  for (const auto& option : protocol.options) {
    auto values = std::make_shared<EnumDefinition>();
    values->id = "option " + option.id;
    for (const auto& value : option.values) values->values.push_back({value, value});
    scope.declare("option." + option.id, "option." + option.id, Type::enum_of(std::move(values)));
  }
}

void compile_rubrics(CompileState& state, const SourceNode& root) {
  static const auto kStandard = parse_yaml(kStandardRubric, "rubric 'standard'");
  state.protocol.rubrics.emplace("standard", read_rubric(state, "standard", *kStandard));
  const SourceNode* rubrics = state.reader.member(root, "rubrics");
  if (rubrics == nullptr) return;
  if (!rubrics->is_mapping()) {
    state.reader.error(*rubrics, "`rubrics` must be a mapping of names to rubrics",
                       "write `rubrics: {name: {accept: 7}}`");
    return;
  }
  for (const auto& [key, node] : rubrics->members) {
    if (key.scalar == "none")
      state.reader.error(key, "a rubric cannot be called 'none'", "`rubric: none` means: judged by rule alone");
    if (state.reader.is_identifier(key, "a rubric's name"))
      state.protocol.rubrics.insert_or_assign(key.scalar, read_rubric(state, key.scalar, node));
  }
}

void compile_options(CompileState& state, const SourceNode& root) {
  const SourceNode* options = state.reader.member(root, "options");
  if (options == nullptr) return;
  if (!options->is_mapping()) {
    state.reader.error(*options, "`options` must be a mapping of names to {values, default}",
                       "write `options: {name: {values: [a, b]}}`");
    return;
  }
  for (const auto& [key, node] : options->members) {
    if (!state.reader.is_identifier(key, "an option's name") ||
        !state.reader.mapping(node, "an option", {"values", "default", "help"}))
      continue;
    Option option{.id = key.scalar,
                  .help = state.reader.text(node, "help"),
                  .values = state.reader.texts(node, "values"),
                  .default_value = state.reader.text(node, "default")};
    if (option.values.empty()) {
      state.reader.error(node, "an option needs `values`", "write `values: [a, b]`");
      continue;
    }
    if (option.default_value.empty()) option.default_value = option.values.front();
    if (std::find(option.values.begin(), option.values.end(), option.default_value) == option.values.end()) {
      state.reader.error(
          *node.find("default"),
          fmt::format("the default '{}' is none of the option's values", base::shortened(option.default_value, 64)),
          "values: " + base::join(option.values, ", "));
    }
    state.protocol.options.push_back(std::move(option));
  }
}

}  // namespace tollgate::protocol
