#include "charter/charter_json.hpp"

#include "charter/answer_json.hpp"
#include "charter/citation.hpp"
#include "charter/evidence_section.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {
namespace {

using base::to_rfc3339;
using base::Value;

Value texts(const std::vector<std::string>& in) {
  return Value::List(in.begin(), in.end());
}

Value session_json(const Review& review) {
  const auto& info = review.session.info();
  Value::Record options;
  for (const auto& option : review.protocol().options) {
    const auto it = info.options.find(option.id);
    options.emplace(option.id, it == info.options.end() ? option.default_value : it->second);
  }
  return Value::Record{{"id", info.id.to_string()},     {"title", info.title},
                       {"owner", info.owner},           {"profile", info.profile},
                       {"options", std::move(options)}, {"created_at", to_rfc3339(info.created_at)}};
}

Value protocol_json(const protocol::Protocol& protocol) {
  return Value::Record{{"id", protocol.id},
                       {"version", protocol.version},
                       {"title", protocol.title},
                       {"language", protocol.language},
                       {"hash", protocol.hash.to_hex()}};
}

Value assessors_json(const Review& review) {
  return Value::Record{{"by_model", review.assessors.by_model},
                       {"by_precheck", review.assessors.by_precheck},
                       {"models", texts(review.assessors.models)},
                       {"text", assessed_by(review)}};
}

Value counts_json(const Review& review) {
  return Value::Record{{"answers", review.answers.size()},       {"escalated", review.escalated()},
                       {"waivers", review.waivers.size()},       {"findings", review.findings.size()},
                       {"checks_consistent", review.consistent}, {"checks_not_made", review.not_made.size()}};
}

Value fired_json(const std::vector<protocol::FiredRule>& fired) {
  Value::List list;
  for (const auto& rule : fired) {
    Value::List reads;
    for (const auto& [name, value] : rule.reads) reads.push_back(Value::Record{{"name", name}, {"text", value}});
    list.push_back(Value::Record{
        {"id", rule.id}, {"outcome", protocol::name(rule.outcome)}, {"text", rule.text}, {"reads", std::move(reads)}});
  }
  return list;
}

Value decision_json(const Review& review) {
  if (review.decision == nullptr) return {};
  const auto& decision = *review.decision;
  return Value::Record{{"number", decision.number},
                       {"profile", decision.profile},
                       {"outcome", protocol::name(decision.result.outcome)},
                       {"label", review.protocol().decisions.labels.at(decision.result.outcome)},
                       {"rule", decision.result.rule},
                       {"fired", fired_json(decision.result.fired)},
                       {"duties", texts(decision.result.duties)},
                       {"lift", texts(decision.result.lift)},
                       {"decided_at", to_rfc3339(decision.at)}};
}

Value table_json(const Review& review) {
  Value::List list;
  const auto* rules = rules_in_use(review);
  if (rules == nullptr) return list;
  for (const auto& rule : *rules) {
    const auto status = status_of(review, rule);
    Value fired;
    if (status != TableRuleStatus::kNotEvaluated) fired = status != TableRuleStatus::kNotFired;
    list.push_back(Value::Record{
        {"id", rule.id}, {"when", rule.when.text()}, {"then", protocol::name(rule.then)}, {"fired", std::move(fired)}});
  }
  return list;
}

Value check_json(const CheckLine& line) {
  const auto* outcome = line.outcome;
  return Value::Record{
      {"check", line.check->id},
      {"severity", protocol::name(line.check->severity)},
      {"kind", line.check->kind == protocol::CheckKind::kRule ? "rule" : "llm"},
      {"status", session::name(outcome == nullptr ? session::CheckOutcomeStatus::kNotChecked : outcome->status)},
      {"text", outcome == nullptr ? "" : outcome->text},
      {"model", outcome == nullptr ? "" : outcome->model},
      {"at", outcome == nullptr ? Value() : Value(to_rfc3339(outcome->at))}};
}

Value checks_json(const std::vector<CheckLine>& lines) {
  Value::List list;
  for (const auto& line : lines) list.push_back(check_json(line));
  return list;
}

Value open_json(const Review& review) {
  Value::List list;
  for (const auto& point : review.open)
    list.push_back(Value::Record{{"subject", point.subject}, {"label", point.label}, {"why", point.why}});
  return list;
}

Value gate_json(const Review& review, const protocol::Stage& stage) {
  const auto* gate = review.session.gate(stage.id);
  if (gate == nullptr) return Value::Record{{"stage", stage.id}, {"title", stage.title}, {"judged", false}};
  Value::List rules;
  for (const auto& rule : gate->rules) {
    rules.push_back(Value::Record{
        {"rule", rule.rule}, {"status", session::name(rule.status)}, {"text", rule.text}, {"fix", rule.fix}});
  }
  return Value::Record{{"stage", stage.id},
                       {"title", stage.title},
                       {"judged", true},
                       {"current", review.session.is_current(*gate)},
                       {"number", gate->number},
                       {"passed", gate->passed},
                       {"completeness", gate->completeness},
                       {"missing", texts(gate->missing)},
                       {"rules", std::move(rules)},
                       {"at", to_rfc3339(gate->at)}};
}

Value gates_json(const Review& review) {
  Value::List list;
  for (const auto& stage : review.protocol().stages) list.push_back(gate_json(review, stage));
  return list;
}

Value waivers_json(const Review& review) {
  Value::List list;
  for (const auto* waiver : review.waivers) {
    list.push_back(Value::Record{{"stage", waiver->stage},
                                 {"rule", waiver->rule},
                                 {"role", waiver->role},
                                 {"author", waiver->author},
                                 {"reason", waiver->reason},
                                 {"due", waiver->due ? Value(*waiver->due) : Value()},
                                 {"at", to_rfc3339(waiver->at)}});
  }
  return list;
}

Value checkpoints_json(const CharterFacts& facts) {
  Value::List list;
  for (const auto& checkpoint : facts.checkpoints) {
    list.push_back(Value::Record{{"seq", checkpoint.seq},
                                 {"stage", checkpoint.stage.empty() ? Value() : Value(checkpoint.stage)},
                                 {"hash", checkpoint.hash.to_hex()},
                                 {"at", to_rfc3339(checkpoint.at)}});
  }
  return list;
}

Value sections_json(const Review& review) {
  Value::List list;
  const auto& environment = review.session.environment();
  for (const auto& section : review.protocol().charter.sections) {
    if (section.show_if && !section.show_if->holds(environment)) continue;
    Value::List shown;
    for (const auto index : section.show) shown.emplace_back(review.protocol().questions[index].name);
    list.push_back(Value::Record{{"id", section.id},
                                 {"title", section.title},
                                 {"text", section.text ? section.text->render(environment) : std::string()},
                                 {"show", std::move(shown)}});
  }
  return list;
}

Value references_json(const protocol::Protocol& protocol) {
  Value::List list;
  for (const auto& entry : reference_list(protocol.references)) {
    std::string text;
    for (const auto& span : entry) text += span.text;
    list.emplace_back(std::move(text));
  }
  return list;
}

}  // namespace

Value charter_json(const session::Session& session, const CharterFacts& facts) {
  const Review review = review_of(session, facts);
  return Value::Record{{"format", "tollgate-charter"},
                       {"format_version", kCharterJsonVersion},
                       {"status", review.decision == nullptr ? "draft" : "decided"},
                       {"title", review.protocol().charter.title},
                       {"generated_at", to_rfc3339(facts.generated_at)},
                       {"program_version", facts.program_version},
                       {"session", session_json(review)},
                       {"protocol", protocol_json(review.protocol())},
                       {"assessors", assessors_json(review)},
                       {"counts", counts_json(review)},
                       {"decision", decision_json(review)},
                       {"decision_table", table_json(review)},
                       {"open", open_json(review)},
                       {"findings", checks_json(review.findings)},
                       {"checks_not_made", checks_json(review.not_made)},
                       {"answers", answers_json(review)},
                       {"derived", computed_json(review)},
                       {"gates", gates_json(review)},
                       {"waivers", waivers_json(review)},
                       {"checkpoints", checkpoints_json(facts)},
                       {"sections", sections_json(review)},
                       {"references", references_json(review.protocol())},
                       {"signatures", texts(review.protocol().charter.sign)}};
}

}  // namespace tollgate::charter
