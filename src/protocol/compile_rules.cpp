// Gates, cross-stage checks and the decision table.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"
#include "protocol/finding_type.hpp"

namespace tollgate::protocol {
namespace {

std::optional<WaiverPolicy> read_waiver(CompileState& state, const SourceNode& node) {
  const SourceNode* waiver = state.reader.member(node, "waiver");
  if (waiver == nullptr || !state.reader.mapping(*waiver, "`waiver`", {"role", "needs"})) return std::nullopt;
  WaiverPolicy policy;
  if (auto role = state.reader.choice(*waiver, "role", {"owner", "contributor", "reviewer", "committee", "admin"}))
    policy.role = *std::move(role);
  if (waiver->find("needs") != nullptr) policy.needs = state.reader.texts(*waiver, "needs");
  for (const auto& need : policy.needs) {
    if (need != "reason" && need != "due")
      state.reader.error(*waiver->find("needs"), fmt::format("a waiver cannot need '{}'", need), "known: reason, due");
  }
  return policy;
}

// The rule's id, reported when another rule of the protocol has it.
std::string read_rule_id(CompileState& state, const SourceNode& node, std::set<std::string>& seen) {
  const SourceNode* id = state.reader.member(node, "id", Presence::kRequired);
  if (id == nullptr) return {};
  const auto is_allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  };
  if (!id->is_scalar() || id->scalar.empty() || id->scalar.size() > 64 ||
      !std::all_of(id->scalar.begin(), id->scalar.end(), is_allowed)) {
    state.reader.error(*id, "a rule's id is 1 to 64 letters, digits, '_', '.' or '-'",
                       "shorten it, for example G1.price");
    return {};
  }
  if (!seen.insert(id->scalar).second)
    state.reader.error(*id, fmt::format("two rules have the id '{}'", id->scalar), "rename one of them");
  return id->scalar;
}

void read_gate_rules(CompileState& state, const SourceNode& list, std::size_t stage, std::set<std::string>& seen) {
  for (const auto& node : list.items) {
    if (!state.reader.mapping(node, "a gate rule", {"id", "label", "must", "say", "fix", "level", "waiver"})) continue;
    const std::string id = read_rule_id(state, node, seen);
    const SourceNode* must = state.reader.member(node, "must", Presence::kRequired);
    if (must == nullptr) continue;
    auto condition = read_expression(state, *must, state.stage_names[stage], Type::of(Type::Kind::kBool));
    if (!condition) continue;
    warn_unguarded(state, *must, *condition);
    state.gate_rule_nodes.emplace(id, must);
    GateRule rule{.id = id,
                  .label = state.reader.text(node, "label"),
                  .must = *std::move(condition),
                  .say = read_template(state, node, "say", state.stage_names[stage]),
                  .fix = state.reader.text(node, "fix")};
    if (const auto level = state.reader.choice(node, "level", {"block", "warn"}))
      rule.level = *level == "warn" ? RuleLevel::kWarn : RuleLevel::kBlock;
    rule.waiver = read_waiver(state, node);
    state.protocol.stages[stage].gate.rules.push_back(std::move(rule));
  }
}

void read_gate(CompileState& state, const SourceNode& stage_node, std::size_t stage, std::set<std::string>& seen) {
  const SourceNode* gate = state.reader.member(stage_node, "gate");
  if (gate == nullptr) return;
  if (gate->is_sequence()) {
    read_gate_rules(state, *gate, stage, seen);
    return;
  }
  if (!state.reader.mapping(*gate, "a gate", {"completeness", "rules"})) return;
  if (const auto completeness = state.reader.decimal(*gate, "completeness")) {
    if (*completeness < base::Decimal(0) || *completeness > base::Decimal(1))
      state.reader.error(*gate->find("completeness"), "`completeness` is a share from 0 to 1", "write 0.9 for 90 %");
    state.protocol.stages[stage].gate.completeness = *completeness;
  }
  if (const SourceNode* rules = state.reader.sequence(*gate, "rules")) read_gate_rules(state, *rules, stage, seen);
}

void read_check(CompileState& state, const SourceNode& node, std::set<std::string>& seen) {
  if (!state.reader.mapping(node, "a check", {"id", "kind", "severity", "if", "must", "say", "ask", "reads"})) return;
  Check check;
  check.id = read_rule_id(state, node, seen);
  const auto kind =
      state.reader.choice(node, "kind", {"rule", "llm"}).value_or(node.find("must") != nullptr ? "rule" : "llm");
  check.kind = kind == "rule" ? CheckKind::kRule : CheckKind::kLlm;
  const auto severity = state.reader.choice(node, "severity", {"minor", "major", "critical"}).value_or("major");
  check.severity = severity == "critical" ? Severity::kCritical
                   : severity == "minor"  ? Severity::kMinor
                                          : Severity::kMajor;
  check.applies_if = read_condition(state, node, "if", state.names);
  std::vector<std::string> references = check.applies_if ? check.applies_if->references() : std::vector<std::string>{};
  if (check.kind == CheckKind::kRule) {
    const SourceNode* must = state.reader.member(node, "must", Presence::kRequired);
    state.reader.member(node, "say", Presence::kRequired);
    check.say = read_template(state, node, "say", state.names);
    if (must != nullptr) check.must = read_expression(state, *must, state.names, Type::of(Type::Kind::kBool));
    if (!check.must) return;
    warn_unguarded(state, *must, *check.must);
    references.insert(references.end(), check.must->references().begin(), check.must->references().end());
  } else {
    check.ask = state.reader.text(node, "ask", Presence::kRequired);
    state.reader.member(node, "reads", Presence::kRequired);
    for (const char* key : {"must", "say"}) {
      if (const SourceNode* unused = state.reader.member(node, key))
        state.reader.error(*unused, fmt::format("a check by a model has no `{}`", key),
                           "write `kind: rule`, or remove it");
    }
  }
  for (const SourceNode* place : state.reader.scalars(node, "reads")) {
    const std::string& name = place->scalar;
    if (state.protocol.find_question(name) == nullptr) {
      std::vector<std::string> names;
      for (const auto& question : state.protocol.questions) names.push_back(question.name);
      const auto near = base::nearest(name, names);
      state.reader.error(*place, fmt::format("`reads` names no question: '{}'", base::shortened(name, 64)),
                         near ? fmt::format("did you mean '{}'?", *near) : "use full names such as S1.objective");
    }
    references.push_back(name);
  }
  check.reads = questions_of(state.protocol, references);
  state.protocol.checks.push_back(std::move(check));
}

Scope decision_scope(const CompileState& state) {
  Scope scope = state.names;
  scope.declare("findings", "findings", Type::list_of(Type::record_of(finding_type())));
  return scope;
}

// A duty or a lift: text, or {when, each, say}.
std::optional<Note> read_note(CompileState& state, const SourceNode& node, const Scope& names) {
  if (node.is_scalar()) {
    auto say = read_template(state, node, names);
    if (!say) return std::nullopt;
    return Note{.say = *std::move(say)};
  }
  if (!state.reader.mapping(node, "a note", {"when", "each", "say"})) return std::nullopt;
  Scope scope = names;
  std::string variable;
  std::optional<Expression> each;
  if (const SourceNode* source = state.reader.member(node, "each")) {
    if (!source->is_mapping() || source->members.size() != 1) {
      state.reader.error(*source, "`each` names one variable and a list",
                         "write `each: {r: \"S5.register.filter(r, r.score > 8)\"}`");
      return std::nullopt;
    }
    variable = source->members.front().first.scalar;
    each = read_expression(state, source->members.front().second, names, std::nullopt);
    if (!each) return std::nullopt;
    if (each->type().kind != Type::Kind::kList) {
      state.reader.error(source->members.front().second,
                         fmt::format("`each` needs a list, this is {}", each->type().to_string()),
                         "name a table, or a list with filter() or map()");
      return std::nullopt;
    }
    scope.declare(variable, variable, *each->type().element);
  }
  const SourceNode* say_node = state.reader.member(node, "say", Presence::kRequired);
  auto say = say_node == nullptr ? std::nullopt : read_template(state, *say_node, scope);
  auto when = read_condition(state, node, "when", variable.empty() ? names : scope);
  if (!say) return std::nullopt;
  return Note{std::move(when), std::move(variable), std::move(each), *std::move(say)};
}

std::vector<Note> read_notes(CompileState& state, const SourceNode& node, std::string_view key, const Scope& names) {
  std::vector<Note> notes;
  const SourceNode* list = state.reader.sequence(node, key);
  if (list == nullptr) return notes;
  for (const auto& item : list->items) {
    if (auto note = read_note(state, item, names)) notes.push_back(*std::move(note));
  }
  return notes;
}

std::optional<DecisionRule> read_decision_rule(CompileState& state, const SourceNode& node, const Scope& names,
                                               std::set<std::string>& seen) {
  if (!state.reader.mapping(node, "a decision rule", {"id", "when", "then", "say", "duties", "lift"}))
    return std::nullopt;
  const std::string id = read_rule_id(state, node, seen);
  state.reader.member(node, "then", Presence::kRequired);
  const auto then = state.reader.choice(
      node, "then", {"proceed", "proceed_with_monitoring", "revise", "submit_to_committee", "halt"});
  const SourceNode* when = state.reader.member(node, "when", Presence::kRequired);
  auto condition = when == nullptr ? std::nullopt : read_expression(state, *when, names, Type::of(Type::Kind::kBool));
  if (!condition || !then) return std::nullopt;
  warn_unguarded(state, *when, *condition);
  return DecisionRule{id,
                      *std::move(condition),
                      *parse_outcome(*then),
                      read_template(state, node, "say", names),
                      read_notes(state, node, "duties", names),
                      read_notes(state, node, "lift", names)};
}

// Exactly the last rule is `true`: then every case has an outcome and no rule is dead.
void check_total(CompileState& state, const SourceNode& list, const std::string& profile,
                 const std::vector<DecisionRule>& rules) {
  if (rules.empty()) return;
  for (std::size_t i = 0; i + 1 < rules.size(); ++i) {
    if (rules[i].when.is_literal_true()) {
      state.reader.error(
          list.items[std::min(i, list.items.size() - 1)],
          fmt::format("the rule {} of the profile '{}' is always true, so no rule after it is ever reached",
                      rules[i].id, profile),
          "move it to the end");
    }
  }
  if (!rules.back().when.is_literal_true()) {
    state.reader.error(
        list.items.back(),
        fmt::format("the decision table of the profile '{}' is not total: no rule catches what is left", profile),
        "end it with `{id: …, when: \"true\", then: …}`");
  }
}

void read_profile(CompileState& state, const SourceNode& key, const SourceNode& list, const Scope& names) {
  if (!list.is_sequence() || list.items.empty()) {
    state.reader.error(list, fmt::format("the profile '{}' must be a list of decision rules", key.scalar),
                       "end it with `{id: …, when: \"true\", then: …}`");
    return;
  }
  std::set<std::string> seen;
  std::vector<DecisionRule> rules;
  for (const auto& node : list.items) {
    if (auto rule = read_decision_rule(state, node, names, seen)) rules.push_back(*std::move(rule));
  }
  if (rules.size() == list.items.size()) check_total(state, list, key.scalar, rules);
  state.protocol.decisions.profiles.emplace(key.scalar, std::move(rules));
}

void read_labels(CompileState& state, const SourceNode& decisions) {
  auto& labels = state.protocol.decisions.labels;
  labels = {{Outcome::kProceed, "Proceed"},
            {Outcome::kProceedWithMonitoring, "Proceed with monitoring"},
            {Outcome::kRevise, "Revise"},
            {Outcome::kSubmitToCommittee, "Submit to committee"},
            {Outcome::kHalt, "Halt"}};
  const SourceNode* own = state.reader.member(decisions, "labels");
  if (own == nullptr ||
      !state.reader.mapping(*own, "`labels`",
                            {"proceed", "proceed_with_monitoring", "revise", "submit_to_committee", "halt"}))
    return;
  for (auto& [outcome, label] : labels) {
    if (auto text = state.reader.text(*own, name(outcome)); !text.empty()) label = std::move(text);
  }
}

}  // namespace

void compile_gates(CompileState& state) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < state.protocol.stages.size(); ++i) read_gate(state, *state.stage_nodes[i], i, seen);
}

void compile_checks(CompileState& state, const SourceNode& root) {
  const SourceNode* checks = state.reader.sequence(root, "checks");
  if (checks == nullptr) return;
  std::set<std::string> seen;
  for (const auto& node : checks->items) read_check(state, node, seen);
}

void compile_decisions(CompileState& state, const SourceNode& root) {
  const SourceNode* decisions = state.reader.member(root, "decisions", Presence::kRequired);
  if (decisions == nullptr || !state.reader.mapping(*decisions, "`decisions`", {"default", "labels", "profiles"}))
    return;
  read_labels(state, *decisions);
  const SourceNode* profiles = state.reader.member(*decisions, "profiles", Presence::kRequired);
  if (profiles == nullptr) return;
  if (!profiles->is_mapping() || profiles->members.empty()) {
    state.reader.error(*profiles, "`profiles` must map at least one name to a list of rules",
                       "write `default:` and below it the rules");
    return;
  }
  const Scope names = decision_scope(state);
  for (const auto& [key, list] : profiles->members) {
    if (state.reader.is_identifier(key, "a profile's name")) read_profile(state, key, list, names);
  }
  auto& table = state.protocol.decisions;
  table.default_profile = state.reader.text(*decisions, "default");
  if (table.default_profile.empty()) table.default_profile = profiles->members.front().first.scalar;
  const SourceNode* named = state.reader.member(*decisions, "default");
  if (named != nullptr && profiles->find(table.default_profile) == nullptr) {
    std::vector<std::string> known;
    for (const auto& [key, list] : profiles->members) known.push_back(key.scalar);
    state.reader.error(
        *named, fmt::format("there is no profile '{}' to be the default", base::shortened(table.default_profile, 64)),
        "profiles: " + base::join(known, ", "));
  }
}

}  // namespace tollgate::protocol
