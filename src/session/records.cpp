#include "session/records.hpp"

namespace tollgate::session {
namespace {

using base::to_rfc3339;
using base::Value;

Value::List texts(const std::vector<std::string>& in) {
  return {in.begin(), in.end()};
}

}  // namespace

std::string_view name(AnswerSource source) {
  switch (source) {
    case AnswerSource::kPerson: return "person";
    case AnswerSource::kBrief: return "brief";
    case AnswerSource::kDrafted: return "drafted";
    case AnswerSource::kDefault: return "default";
  }
  return "person";
}

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted: return "accepted";
    case Verdict::kRejected: return "rejected";
    case Verdict::kEscalated: return "escalated";
  }
  return "rejected";
}

std::string_view name(Assessor assessor) {
  switch (assessor) {
    case Assessor::kPrecheck: return "precheck";
    case Assessor::kLlm: return "llm";
  }
  return "precheck";
}

std::string_view name(GateRuleStatus status) {
  switch (status) {
    case GateRuleStatus::kHeld: return "held";
    case GateRuleStatus::kFailed: return "failed";
    case GateRuleStatus::kUndetermined: return "undetermined";
    case GateRuleStatus::kWaived: return "waived";
    case GateRuleStatus::kWarned: return "warned";
  }
  return "failed";
}

std::string_view name(CheckOutcomeStatus status) {
  switch (status) {
    case CheckOutcomeStatus::kConsistent: return "consistent";
    case CheckOutcomeStatus::kContradiction: return "contradiction";
    case CheckOutcomeStatus::kInapplicable: return "inapplicable";
    case CheckOutcomeStatus::kNotChecked: return "not_checked";
  }
  return "not_checked";
}

Value to_value(const Answer& answer) {
  return Value::Record{{"question", answer.question},   {"revision", answer.revision}, {"value", answer.value},
                       {"source", name(answer.source)}, {"author", answer.author},     {"at", to_rfc3339(answer.at)}};
}

Value to_value(const Assessment& assessment) {
  const auto& d = assessment.dimensions;
  return Value::Record{{"question", assessment.question},
                       {"number", assessment.number},
                       {"revision", assessment.revision},
                       {"score", assessment.score},
                       {"dimensions", Value::Record{{"specificity", d.specificity},
                                                    {"measurability", d.measurability},
                                                    {"completeness", d.completeness},
                                                    {"coherence", d.coherence},
                                                    {"relevance", d.relevance}}},
                       {"issues", texts(assessment.issues)},
                       {"follow_ups", texts(assessment.follow_ups)},
                       {"prechecks", texts(assessment.prechecks)},
                       {"assessor", name(assessment.assessor)},
                       {"model", assessment.model},
                       {"context", assessment.context.to_hex()},
                       {"verdict", name(assessment.verdict)},
                       {"at", to_rfc3339(assessment.at)}};
}

Value to_value(const Waiver& waiver) {
  return Value::Record{{"stage", waiver.stage},
                       {"rule", waiver.rule},
                       {"number", waiver.number},
                       {"role", waiver.role},
                       {"author", waiver.author},
                       {"reason", waiver.reason},
                       {"due", waiver.due ? Value(*waiver.due) : Value()},
                       {"at", to_rfc3339(waiver.at)}};
}

Value to_value(const GateOutcome& gate) {
  Value::List rules;
  for (const auto& rule : gate.rules) {
    rules.push_back(
        Value::Record{{"rule", rule.rule}, {"status", name(rule.status)}, {"text", rule.text}, {"fix", rule.fix}});
  }
  return Value::Record{{"stage", gate.stage},
                       {"number", gate.number},
                       {"passed", gate.passed},
                       {"completeness", gate.completeness},
                       {"missing", texts(gate.missing)},
                       {"rules", std::move(rules)},
                       {"inputs", gate.inputs.to_hex()},
                       {"at", to_rfc3339(gate.at)}};
}

Value to_value(const CheckOutcome& check) {
  return Value::Record{{"check", check.check},      {"number", check.number}, {"status", name(check.status)},
                       {"text", check.text},        {"model", check.model},   {"inputs", check.inputs.to_hex()},
                       {"at", to_rfc3339(check.at)}};
}

Value to_value(const Decision& decision) {
  Value::List fired;
  for (const auto& rule : decision.result.fired) {
    Value::List reads;
    for (const auto& [question, shown] : rule.reads)
      reads.push_back(Value::Record{{"question", question}, {"value", shown}});
    fired.push_back(Value::Record{
        {"id", rule.id}, {"outcome", protocol::name(rule.outcome)}, {"text", rule.text}, {"reads", std::move(reads)}});
  }
  Value::Record body{{"number", decision.number},
                     {"profile", decision.profile},
                     {"outcome", protocol::name(decision.result.outcome)},
                     {"rule", decision.result.rule},
                     {"fired", std::move(fired)},
                     {"duties", texts(decision.result.duties)},
                     {"lift", texts(decision.result.lift)},
                     {"inputs", decision.inputs.to_hex()},
                     {"at", to_rfc3339(decision.at)}};
  if (decision.checkpoint > 0) body.emplace("checkpoint", decision.checkpoint);
  return body;
}

}  // namespace tollgate::session
