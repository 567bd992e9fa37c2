// Stages, groups and questions: first what there is (so that expressions may refer forward), then what it says.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::size_t kMaxStages = 40;
constexpr std::size_t kMaxQuestions = 1000;

bool declare_question(CompileState& state, const SourceNode& node, std::size_t stage, std::size_t group) {
  if (!state.reader.mapping(node, "a question",
                            {"id",     "type",  "ask",    "label", "help", "examples",  "required", "required_if",
                             "if",     "needs", "rubric", "min",   "max",  "max_chars", "default",  "suggest",
                             "values", "of",    "value",  "each",  "maps", "assign"})) {
    return false;
  }
  Question question;
  question.id = state.reader.identifier(node, "id");
  if (question.id.empty()) return false;
  Stage& home = state.protocol.stages[stage];
  question.name = home.id + '.' + question.id;
  if (state.protocol.find_question(question.name) != nullptr) {
    state.reader.error(*node.find("id"), fmt::format("the stage {} has two questions '{}'", home.id, question.id),
                       "rename one of them");
    return false;
  }
  const SourceNode* type = state.reader.member(node, "type", Presence::kRequired);
  auto notation = type == nullptr ? std::nullopt : read_type(state, *type, &node, question.name);
  if (!notation) return false;
  question.stage = stage;
  question.group = group;
  question.type = notation->type;
  question.required = state.reader.boolean(node, "required").value_or(notation->required);
  question.value_type = expression_type(question.type);
  home.groups[group].questions.push_back(state.protocol.questions.size());
  state.protocol.questions.push_back(std::move(question));
  state.question_nodes.push_back(&node);
  return true;
}

// The result type of a derived question: `of`, or a map of it for `each`.
void declare_derived_type(CompileState& state, Question& question, const SourceNode& node) {
  const SourceNode* of = state.reader.member(node, "of", Presence::kRequired);
  const auto result = of == nullptr ? std::nullopt : read_result_type(state, *of, question.name);
  if (!result) {
    state.untyped.insert(question.name);
    return;
  }
  question.value_type = *result;
  if (result->kind == Type::Kind::kList && result->element->kind == Type::Kind::kRecord) {
    const auto record = state.records.find(result->element->record->id);
    if (record != state.records.end()) question.type.record = record->second;
  }
  const SourceNode* each = state.reader.member(node, "each");
  if (each == nullptr) return;
  if (!each->is_mapping() || each->members.size() != 1) {
    state.reader.error(*each, "`each` names one variable and its enum", "write `each: {p: principle}`");
    state.untyped.insert(question.name);
    return;
  }
  if (!state.reader.is_identifier(each->members.front().first, "a variable")) state.untyped.insert(question.name);
  const auto keys = state.enums.find(each->members.front().second.scalar);
  if (keys == state.enums.end()) {
    std::vector<std::string> names;
    for (const auto& [name, definition] : state.enums) names.push_back(name);
    const std::string& wrong = each->members.front().second.scalar;
    const auto near = base::nearest(wrong, names);
    state.reader.error(each->members.front().second, fmt::format("there is no enum '{}'", base::shortened(wrong, 64)),
                       near ? fmt::format("did you mean '{}'?", *near) : "enums: " + base::join(names, ", "));
    state.untyped.insert(question.name);
    return;
  }
  question.value_type = Type::map_of(keys->second, question.value_type);
}

void declare_group(CompileState& state, const SourceNode& node, std::size_t stage) {
  if (!state.reader.mapping(node, "a group", {"id", "title", "questions"})) return;
  Group group{state.reader.identifier(node, "id"), state.reader.text(node, "title"), {}};
  if (group.title.empty()) group.title = in_words(group.id);
  state.protocol.stages[stage].groups.push_back(std::move(group));
  const std::size_t index = state.protocol.stages[stage].groups.size() - 1;
  const SourceNode* questions = state.reader.sequence(node, "questions", Presence::kRequired);
  if (questions == nullptr) return;
  if (questions->items.empty())
    state.reader.error(*questions, "a group needs at least one question", "add one, or remove the group");
  for (const auto& question : questions->items) {
    if (state.protocol.questions.size() == kMaxQuestions) {
      state.reader.error(question, fmt::format("more than {} questions", kMaxQuestions), "split the protocol");
      return;
    }
    const std::size_t before = state.protocol.questions.size();
    if (declare_question(state, question, stage, index) && state.protocol.questions[before].is_derived()) {
      declare_derived_type(state, state.protocol.questions[before], question);
    }
  }
}

void declare_stage(CompileState& state, const SourceNode& node) {
  if (!state.reader.mapping(node, "a stage", {"id", "title", "summary", "after", "produces", "groups", "gate"})) return;
  Stage stage;
  stage.id = state.reader.identifier(node, "id");
  if (!stage.id.empty() && state.protocol.find_stage(stage.id) != nullptr) {
    state.reader.error(*node.find("id"), fmt::format("there are two stages '{}'", stage.id), "rename one of them");
  }
  stage.title = state.reader.text(node, "title", Presence::kRequired);
  stage.summary = state.reader.text(node, "summary");
  stage.produces = state.reader.text(node, "produces");
  state.protocol.stages.push_back(std::move(stage));
  state.stage_nodes.push_back(&node);
  const SourceNode* groups = state.reader.sequence(node, "groups", Presence::kRequired);
  if (groups == nullptr) return;
  if (groups->items.empty())
    state.reader.error(*groups, "a stage needs at least one group of questions",
                       "write `- {id: …, title: …, questions: […]}`");
  for (const auto& group : groups->items) declare_group(state, group, state.protocol.stages.size() - 1);
}

void link_stages(CompileState& state) {
  std::vector<std::string> ids;
  for (const auto& stage : state.protocol.stages) ids.push_back(stage.id);
  for (std::size_t i = 0; i < state.protocol.stages.size(); ++i) {
    auto& after = state.protocol.stages[i].after;
    for (const SourceNode* id : state.reader.scalars(*state.stage_nodes[i], "after")) {
      const auto found = std::find(ids.begin(), ids.end(), id->scalar);
      if (found == ids.end() || id->scalar.empty()) {
        const auto near = base::nearest(id->scalar, ids);
        state.reader.error(*id, fmt::format("there is no stage '{}'", base::shortened(id->scalar, 64)),
                           near ? fmt::format("did you mean '{}'?", *near) : "stages: " + base::join(ids, ", "));
        continue;
      }
      after.push_back(static_cast<std::size_t>(found - ids.begin()));
    }
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
  }
}

void declare_names(CompileState& state) {
  declare_options(state.protocol, state.names);
  state.names.declare("session.started", "session.started", Type::of(Type::Kind::kDate));
  state.names.declare("session.title", "session.title", Type::of(Type::Kind::kString));
  for (const auto& question : state.protocol.questions)
    state.names.declare(question.name, question.name, question.value_type);
  for (std::size_t i = 0; i < state.protocol.stages.size(); ++i) {
    Scope local = state.names;
    for (const auto& question : state.protocol.questions) {
      if (question.stage == i) local.declare(question.id, question.name, question.value_type);
    }
    state.stage_names.push_back(std::move(local));
  }
}

void read_derivation(CompileState& state, const SourceNode& node, Question& question) {
  const SourceNode* value = state.reader.member(node, "value", Presence::kRequired);
  if (value == nullptr || state.untyped.contains(question.name)) return;
  Scope scope = state.stage_names[question.stage];
  std::string variable;
  std::shared_ptr<const EnumDefinition> keys;
  Type result = question.value_type;
  if (question.value_type.kind == Type::Kind::kMap) {
    variable = state.reader.member(node, "each")->members.front().first.scalar;
    keys = question.value_type.enumeration;
    result = *question.value_type.element;
    scope.declare(variable, variable, Type::enum_of(keys));
  }
  auto expression = read_expression(state, *value, scope, result);
  if (!expression) return;
  question.derivation = Derivation{question.value_type, *std::move(expression), std::move(variable), std::move(keys)};
}

std::vector<Proposal> read_proposals(CompileState& state, const SourceNode& node, std::string_view key,
                                     const Question& question) {
  std::vector<Proposal> proposals;
  const SourceNode* source = state.reader.member(node, key);
  if (source == nullptr) return proposals;
  const auto add = [&](const SourceNode& value_node, std::optional<Expression> when) {
    auto value = parse_answer(question, to_value(value_node));
    if (!value) {
      state.reader.error(value_node, fmt::format("`{}` does not fit the question: {}", key, value.error().message),
                         "docs/protocol.md, \"Types\", shows how values are written");
      return;
    }
    proposals.push_back({std::move(when), *std::move(value)});
  };
  const bool conditional =
      source->is_sequence() && !source->items.empty() &&
      std::all_of(source->items.begin(), source->items.end(), [](const SourceNode& item) {
        return item.is_mapping() && item.find("value") != nullptr &&
               (item.members.size() == 1 || (item.members.size() == 2 && item.find("when") != nullptr));
      });
  if (!conditional) {
    add(*source, std::nullopt);
    return proposals;
  }
  for (const auto& item : source->items) {
    const SourceNode* when = item.find("when");
    auto condition =
        when == nullptr ? std::nullopt : read_condition(state, item, "when", state.stage_names[question.stage]);
    if (when == nullptr || condition) add(*item.find("value"), std::move(condition));
  }
  return proposals;
}

void read_rubric_name(CompileState& state, const SourceNode& node, Question& question) {
  const SourceNode* rubric = state.reader.member(node, "rubric");
  if (rubric == nullptr) {
    const auto is_judged = [](const FieldDefinition& field) {
      return field.type.kind == AnswerKind::kLongText && field.required;
    };
    const bool judged_table =
        question.type.kind == AnswerKind::kTable &&
        std::any_of(question.type.record->fields.begin(), question.type.record->fields.end(), is_judged);
    if (question.type.kind == AnswerKind::kLongText || judged_table) question.rubric = "standard";
    return;
  }
  if (rubric->scalar == "none") return;
  if (!state.protocol.rubrics.contains(rubric->scalar)) {
    std::vector<std::string> names;
    for (const auto& [name, value] : state.protocol.rubrics) names.push_back(name);
    const auto near = base::nearest(rubric->scalar, names);
    state.reader.error(*rubric, fmt::format("there is no rubric '{}'", base::shortened(rubric->scalar, 64)),
                       near ? fmt::format("did you mean '{}'?", *near) : "rubrics: none, " + base::join(names, ", "));
    return;
  }
  if (question.is_derived()) state.reader.error(*rubric, "a derived value is not assessed", "remove `rubric`");
  question.rubric = rubric->scalar;
}

void read_needs(CompileState& state, const SourceNode& node, Question& question) {
  for (const SourceNode* place : state.reader.scalars(node, "needs")) {
    const std::string& name = place->scalar;
    const Scope::Symbol* symbol = state.stage_names[question.stage].find(name);
    const auto found =
        symbol == nullptr ? std::vector<QuestionIndex>{} : questions_of(state.protocol, {symbol->reference});
    if (found.empty()) {
      std::vector<std::string> names;
      for (const auto& other : state.protocol.questions) {
        names.push_back(other.name);
        if (other.stage == question.stage) names.push_back(other.id);
      }
      const auto near = base::nearest(name, names);
      state.reader.error(*place, fmt::format("`needs` names no question: '{}'", base::shortened(name, 64)),
                         near ? fmt::format("did you mean '{}'?", *near) : "use a full name such as S1.objective");
      continue;
    }
    question.needs.push_back(found.front());
  }
}

// What a ref points at is read with the answer; a table's rows may also refer to each other.
void add_ref_target(const Protocol& protocol, Question& question, const AnswerType& type) {
  if ((type.kind != AnswerKind::kRef && type.kind != AnswerKind::kRefList) || type.ref_question == question.name)
    return;
  const auto targets = questions_of(protocol, {type.ref_question});
  question.needs.insert(question.needs.end(), targets.begin(), targets.end());
}

void collect_needs(CompileState& state, Question& question) {
  const auto add = [&](const std::optional<Expression>& expression) {
    if (!expression) return;
    const auto indices = questions_of(state.protocol, expression->references());
    question.needs.insert(question.needs.end(), indices.begin(), indices.end());
  };
  add(question.required_if);
  add(question.ask_if);
  for (const auto& proposal : question.defaults) add(proposal.when);
  for (const auto& proposal : question.suggestions) add(proposal.when);
  if (question.derivation) add(question.derivation->value);
  add_ref_target(state.protocol, question, question.type);
  if (question.type.record && !question.is_derived()) {
    for (const auto& field : question.type.record->fields) add_ref_target(state.protocol, question, field.type);
  }
  std::sort(question.needs.begin(), question.needs.end());
  question.needs.erase(std::unique(question.needs.begin(), question.needs.end()), question.needs.end());
}

void read_examples(CompileState& state, const SourceNode& node, Question& question) {
  const SourceNode* examples = state.reader.member(node, "examples");
  if (examples == nullptr || !state.reader.mapping(*examples, "`examples`", {"good", "weak"})) return;
  if (const SourceNode* good = examples->find("good")) question.examples.good = to_value(*good);
  if (const SourceNode* weak = examples->find("weak")) question.examples.weak = to_value(*weak);
}

void read_maps(CompileState& state, const SourceNode& node, Question& question) {
  const SourceNode* maps = state.reader.member(node, "maps");
  if (maps == nullptr) return;
  if (!maps->is_mapping()) {
    state.reader.error(*maps, "`maps` must be a mapping of a standard to its items", "write `maps: {nist: [MAP-1.1]}`");
    return;
  }
  for (const auto& [key, value] : maps->members) question.maps[key.scalar] = state.reader.texts(*maps, key.scalar);
}

void check_refs(CompileState& state, const SourceNode& node, const AnswerType& type, std::string_view where) {
  if (type.kind != AnswerKind::kRef && type.kind != AnswerKind::kRefList) return;
  const Question* target = state.protocol.find_question(type.ref_question);
  if (target == nullptr || target->type.record == nullptr || target->type.record->find(type.ref_column) == nullptr) {
    state.reader.error(
        node,
        fmt::format("{} refers to {}.{}, which is no column of a table", where, type.ref_question, type.ref_column),
        "write ref<STAGE.question.column> of a question with type table<…>");
  }
}

void compile_question(CompileState& state, Question& question, const SourceNode& node) {
  const Scope& scope = state.stage_names[question.stage];
  question.ask = state.reader.text(node, "ask", question.is_derived() ? Presence::kOptional : Presence::kRequired);
  question.label = state.reader.text(node, "label");
  if (question.label.empty()) question.label = in_words(question.id);
  question.help = state.reader.text(node, "help");
  question.assign = state.reader.text(node, "assign");
  question.bounds = read_bounds(state, node, question.type.kind);
  if (is_list(question.type.kind)) {
    const bool has_natural_end = question.type.kind == AnswerKind::kMultiEnum;
    if (!has_natural_end && !question.bounds.max) question.bounds.max = base::Decimal(200);
    if (!question.bounds.min && question.required) question.bounds.min = base::Decimal(1);
  }
  read_rubric_name(state, node, question);
  read_examples(state, node, question);
  read_maps(state, node, question);
  read_needs(state, node, question);
  question.required_if = read_condition(state, node, "required_if", scope);
  question.ask_if = read_condition(state, node, "if", scope);
  if (question.required_if) warn_unguarded(state, *node.find("required_if"), *question.required_if);
  if (question.ask_if) warn_unguarded(state, *node.find("if"), *question.ask_if);
  check_refs(state, node, question.type, question.name);
  if (question.type.record) {
    for (const auto& field : question.type.record->fields)
      check_refs(state, node, field.type, question.name + '.' + field.id);
  }
  if (question.is_derived()) {
    read_derivation(state, node, question);
  } else {
    question.defaults = read_proposals(state, node, "default", question);
    question.suggestions = read_proposals(state, node, "suggest", question);
  }
  collect_needs(state, question);
}

}  // namespace

void declare_questions(CompileState& state, const SourceNode& root) {
  const SourceNode* stages = state.reader.sequence(root, "stages", Presence::kRequired);
  if (stages == nullptr) return;
  if (stages->items.empty())
    state.reader.error(*stages, "a protocol needs at least one stage", "write `- {id: …, title: …, groups: […]}`");
  if (stages->items.size() > kMaxStages) {
    state.reader.error(*stages, fmt::format("more than {} stages", kMaxStages), "split the protocol");
    return;
  }
  state.protocol.stages.reserve(stages->items.size());
  for (const auto& stage : stages->items) declare_stage(state, stage);
  link_stages(state);
  declare_names(state);
}

void compile_questions(CompileState& state) {
  for (std::size_t i = 0; i < state.protocol.questions.size(); ++i) {
    compile_question(state, state.protocol.questions[i], *state.question_nodes[i]);
  }
}

}  // namespace tollgate::protocol
