#include "engine/entries.hpp"

#include <fmt/format.h>

#include "session/record_reader.hpp"

namespace tollgate::engine {
namespace {

using base::Value;

Value without(Value body, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const auto it = body.if_record()->find(key);
    if (it != body.if_record()->end()) body.if_record()->erase(it);
  }
  return body;
}

// The stored body with what the entry itself carries put back.
Value completed(const store::Entry& entry, std::string_view subject, std::string_view number) {
  Value body = entry.body.is_record() ? entry.body : Value(Value::Record{});
  auto& members = *body.if_record();
  members.insert_or_assign(std::string(subject), entry.subject);
  members.insert_or_assign(std::string(number), entry.version);
  members.insert_or_assign("at", base::to_rfc3339(entry.at));
  return body;
}

template <typename T>
base::Status applied(session::Session& session, base::Result<T> fact) {
  if (!fact) return std::unexpected(fact.error());
  session.apply(*std::move(fact));
  return {};
}

}  // namespace

store::NewInput to_input(const session::Answer& answer, std::string key) {
  return {.entry = {"answer", answer.question, 0, without(to_value(answer), {"question", "revision", "at"}), answer.at},
          .idempotency_key = std::move(key),
          .event_type = "answer.submitted",
          .event_body = Value::Record{{"question", answer.question}, {"source", session::name(answer.source)}}};
}

store::NewInput to_input(const session::Waiver& waiver, std::string key) {
  return {.entry = {"waiver", waiver.rule, 0, without(to_value(waiver), {"rule", "number", "at"}), waiver.at},
          .idempotency_key = std::move(key),
          .event_type = "gate.waived",
          .event_body = Value::Record{{"stage", waiver.stage}, {"rule", waiver.rule}, {"role", waiver.role}}};
}

store::Entry to_entry(const session::Assessment& assessment) {
  return {"assessment", assessment.question, assessment.number,
          without(to_value(assessment), {"question", "number", "at"}), assessment.at};
}

store::Entry to_entry(const session::GateOutcome& gate) {
  return {"gate", gate.stage, gate.number, without(to_value(gate), {"stage", "number", "at"}), gate.at};
}

store::Entry to_entry(const session::CheckOutcome& check) {
  return {"check", check.check, check.number, without(to_value(check), {"check", "number", "at"}), check.at};
}

store::Entry to_entry(const session::Decision& decision) {
  return {"decision", "", decision.number, without(to_value(decision), {"number", "at"}), decision.at};
}

store::Event assessed_event(const session::Assessment& assessment) {
  return {.type = "answer.assessed",
          .body = Value::Record{{"question", assessment.question},
                                {"revision", assessment.revision},
                                {"score", assessment.score},
                                {"verdict", session::name(assessment.verdict)},
                                {"assessor", session::name(assessment.assessor)}}};
}

store::Event gated_event(const session::GateOutcome& gate) {
  Value::List failed;
  for (const auto& rule : gate.rules) {
    if (rule.status == session::GateRuleStatus::kFailed || rule.status == session::GateRuleStatus::kUndetermined)
      failed.push_back(rule.rule);
  }
  return {.type = "stage.gated",
          .body = Value::Record{{"stage", gate.stage},
                                {"passed", gate.passed},
                                {"completeness", gate.completeness},
                                {"failed", std::move(failed)}}};
}

store::Event opened_event(const std::string& stage) {
  return {.type = "stage.opened", .body = Value::Record{{"stage", stage}}};
}

store::Event checkpoint_event(std::int64_t seq, const std::string& stage, const base::Sha256& hash) {
  return {.type = "checkpoint.created", .body = Value::Record{{"seq", seq}, {"stage", stage}, {"hash", hash.to_hex()}}};
}

store::Event finding_event(const protocol::Check& check, const session::CheckOutcome& outcome) {
  return {
      .type = "finding.raised",
      .body = Value::Record{{"check", check.id}, {"severity", protocol::name(check.severity)}, {"text", outcome.text}}};
}

store::Event decision_event(const session::Decision& decision) {
  return {.type = "decision.made",
          .body = Value::Record{{"outcome", protocol::name(decision.result.outcome)},
                                {"rule", decision.result.rule},
                                {"profile", decision.profile}}};
}

store::Event charter_event(const session::Decision& decision) {
  return {.type = "charter.ready", .body = Value::Record{{"decision", protocol::name(decision.result.outcome)}}};
}

namespace {

base::Status apply_known(session::Session& session, const store::Entry& entry) {
  if (entry.kind == "answer")
    return applied(session, session::read_answer(session.protocol(), completed(entry, "question", "revision")));
  if (entry.kind == "waiver") return applied(session, session::read_waiver(completed(entry, "rule", "number")));
  if (entry.kind == "assessment")
    return applied(session, session::read_assessment(completed(entry, "question", "number")));
  if (entry.kind == "gate") return applied(session, session::read_gate(completed(entry, "stage", "number")));
  if (entry.kind == "check") return applied(session, session::read_check(completed(entry, "check", "number")));
  if (entry.kind == "decision") return applied(session, session::read_decision(completed(entry, "unused", "number")));
  return base::fail(base::ErrorCode::kCorrupt, "the kind is unknown");
}

}  // namespace

base::Status apply_entry(session::Session& session, const store::Entry& entry) {
  auto status = apply_known(session, entry);
  if (!status)
    status.error().message =
        fmt::format("stored {} {} {}: {}", entry.kind, entry.subject, entry.version, status.error().message);
  return status;
}

}  // namespace tollgate::engine
