#include "protocol/rules.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/answer_parser.hpp"

namespace tollgate::protocol {
namespace {

std::string waiting_text(const std::vector<std::string>& references) {
  return "waits for " + base::join(references, ", ");
}

// The truth of a condition, or why there is none.
struct Truth {
  RuleStatus status;
  std::vector<std::string> waiting_for{};
  std::string message{};
};

Truth truth_of(const Expression& expression, const Environment& environment) {
  const Evaluation evaluation = expression.evaluate(environment);
  if (const auto* missing = std::get_if<Missing>(&evaluation))
    return {RuleStatus::kUndetermined, missing->references, waiting_text(missing->references)};
  if (const auto* undefined = std::get_if<Undefined>(&evaluation))
    return {RuleStatus::kUndetermined, {}, undefined->message};
  const bool* truth = std::get<base::Value>(evaluation).if_bool();
  return {truth != nullptr && *truth ? RuleStatus::kHolds : RuleStatus::kFails};
}

std::vector<std::string> render_notes(const std::vector<Note>& notes, const Environment& environment) {
  std::vector<std::string> out;
  for (const auto& note : notes) {
    if (!note.each) {
      if (!note.when || note.when->holds(environment)) out.push_back(note.say.render(environment));
      continue;
    }
    const Evaluation rows = note.each->evaluate(environment);
    const auto* value = std::get_if<base::Value>(&rows);
    if (value == nullptr || !value->is_list()) continue;
    for (const auto& row : *value->if_list()) {
      OverlayEnvironment scope(environment);
      scope.set(note.each_variable, row);
      if (!note.when || note.when->holds(scope)) out.push_back(note.say.render(scope));
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> values_read(const Protocol& protocol, const Expression& expression,
                                                             const Environment& environment) {
  std::vector<std::pair<std::string, std::string>> reads;
  for (const auto& reference : expression.references()) {
    const base::Value* value = environment.find(reference);
    const Question* question = protocol.find_question(reference);
    if (question == nullptr) {
      if (value != nullptr && value->is_string()) reads.emplace_back(reference, *value->if_string());
      continue;
    }
    std::string shown = value == nullptr ? "(unanswered)" : to_display(*value, question->value_type);
    reads.emplace_back(reference, base::shortened(shown, 200));
  }
  return reads;
}

std::set<std::string> column_values(const Environment& environment, const std::string& question,
                                    const std::string& column) {
  std::set<std::string> values;
  const base::Value* rows = environment.find(question);
  if (rows == nullptr || !rows->is_list()) return values;
  for (const auto& row : *rows->if_list()) {
    if (const auto* text = row[column].if_string()) values.insert(*text);
  }
  return values;
}

RuleResult ref_result(std::string id, const Question& question, const AnswerType& type,
                      const std::vector<std::string>& dangling) {
  if (dangling.empty()) return {std::move(id), RuleStatus::kHolds};
  return {std::move(id), RuleStatus::kFails,
          fmt::format("{}: {} {} in {}, column {}.", question.label, base::join(dangling, ", "),
                      dangling.size() == 1 ? "is not" : "are not", type.ref_question, type.ref_column)};
}

bool is_ref(const AnswerType& type) {
  return type.kind == AnswerKind::kRef || type.kind == AnswerKind::kRefList;
}

// Adds the names in `value`, one or a list, that are not known.
void add_dangling(const base::Value& value, const std::set<std::string>& known, std::vector<std::string>& dangling) {
  const base::Value::List single{value};
  for (const auto& item : value.is_list() ? *value.if_list() : single) {
    const auto* text = item.if_string();
    if (text != nullptr && !text->empty() && !known.contains(*text)) dangling.push_back('"' + *text + '"');
  }
}

void find_dangling(const Question& question, const FieldDefinition& field, const Environment& environment,
                   std::vector<RuleResult>& results) {
  const base::Value* rows = environment.find(question.name);
  if (rows == nullptr || !rows->is_list()) return;
  const auto known = column_values(environment, field.type.ref_question, field.type.ref_column);
  std::vector<std::string> dangling;
  for (const auto& row : *rows->if_list()) add_dangling(row[field.id], known, dangling);
  results.push_back(ref_result(fmt::format("ref.{}.{}", question.id, field.id), question, field.type, dangling));
}

void find_dangling(const Question& question, const Environment& environment, std::vector<RuleResult>& results) {
  const base::Value* value = environment.find(question.name);
  if (value == nullptr || is_blank(*value)) return;
  std::vector<std::string> dangling;
  add_dangling(*value, column_values(environment, question.type.ref_question, question.type.ref_column), dangling);
  results.push_back(ref_result("ref." + question.id, question, question.type, dangling));
}

// A check waits for answers only; one that has them all and still no value is a finding.
CheckResult without_value(Truth truth, const AnswerEnvironment& environment) {
  std::string why = truth.waiting_for.empty() ? truth.message : std::string();
  for (const auto& reference : truth.waiting_for) {
    const auto cause = environment.why_undefined(reference);
    if (!cause) return {CheckStatus::kUndetermined, std::move(truth.message), std::move(truth.waiting_for)};
    why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", reference, *cause);
  }
  return {CheckStatus::kContradiction, fmt::format("This check could not be evaluated: {}.", why)};
}

}  // namespace

RuleResult evaluate_rule(const GateRule& rule, const Environment& environment) {
  Truth truth = truth_of(rule.must, environment);
  RuleResult result{rule.id, truth.status, {}, std::move(truth.waiting_for)};
  if (truth.status == RuleStatus::kUndetermined) result.text = std::move(truth.message);
  if (truth.status == RuleStatus::kFails)
    result.text = rule.say ? rule.say->render(environment) : fmt::format("{} does not hold", rule.must.text());
  return result;
}

std::vector<RuleResult> evaluate_refs(const Protocol& protocol, const Stage& stage, const Environment& environment) {
  std::vector<RuleResult> results;
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) {
      const Question& question = protocol.questions[index];
      if (is_ref(question.type)) find_dangling(question, environment, results);
      if (!question.type.record || question.is_derived()) continue;
      for (const auto& field : question.type.record->fields) {
        if (is_ref(field.type)) find_dangling(question, field, environment, results);
      }
    }
  }
  return results;
}

CheckResult evaluate_check(const Check& check, const AnswerEnvironment& environment) {
  if (check.applies_if) {
    Truth applies = truth_of(*check.applies_if, environment);
    if (applies.status == RuleStatus::kFails) return {CheckStatus::kInapplicable};
    if (applies.status == RuleStatus::kUndetermined && check.kind == CheckKind::kRule)
      return without_value(std::move(applies), environment);
    if (applies.status == RuleStatus::kUndetermined)
      return {CheckStatus::kUndetermined, std::move(applies.message), std::move(applies.waiting_for)};
  }
  if (check.kind == CheckKind::kLlm) return {CheckStatus::kUndetermined, "no model was reachable"};
  Truth truth = truth_of(*check.must, environment);
  switch (truth.status) {
    case RuleStatus::kHolds: return {CheckStatus::kConsistent};
    case RuleStatus::kFails:
      return {CheckStatus::kContradiction, check.say ? check.say->render(environment) : check.must->text()};
    case RuleStatus::kUndetermined: break;
  }
  return without_value(std::move(truth), environment);
}

std::expected<DecisionResult, Undecided> decide(const Protocol& protocol, const std::string& profile,
                                                const Environment& environment) {
  DecisionResult result;
  const auto& rules = protocol.decisions.profiles.at(profile);
  for (const auto& rule : rules) {
    Truth truth = truth_of(rule.when, environment);
    const bool decided = !result.rule.empty();
    if (truth.status == RuleStatus::kUndetermined && !decided) {
      return std::unexpected(Undecided{rule.id, std::move(truth.waiting_for), std::move(truth.message)});
    }
    if (truth.status != RuleStatus::kHolds || (decided && rule.when.is_literal_true())) continue;
    if (!decided) {
      result.outcome = rule.then;
      result.rule = rule.id;
    }
    result.fired.push_back({rule.id, rule.then, rule.say ? rule.say->render(environment) : rule.when.text(),
                            values_read(protocol, rule.when, environment)});
    if (rule.then != result.outcome) continue;
    std::ranges::move(render_notes(rule.duties, environment), std::back_inserter(result.duties));
    std::ranges::move(render_notes(rule.lift, environment), std::back_inserter(result.lift));
  }
  return result;
}

}  // namespace tollgate::protocol
