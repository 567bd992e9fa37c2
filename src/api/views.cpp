#include "api/views.hpp"

#include <algorithm>
#include <string>

#include "base/clock.hpp"
#include "session/progress.hpp"

namespace tollgate::api {
namespace {

using base::Value;
using protocol::AnswerKind;

Value stages_view(const session::Session& session) {
  Value::List stages;
  for (const auto& stage : session::progress_of(session)) {
    stages.push_back(Value::Record{{"id", stage.stage},
                                   {"title", stage.title},
                                   {"status", session::name(stage.status)},
                                   {"asked", stage.asked},
                                   {"answered", stage.answered},
                                   {"settled", stage.settled}});
  }
  return stages;
}

Value choices_view(const protocol::EnumDefinition& definition) {
  Value::List choices;
  for (const auto& value : definition.values)
    choices.push_back(Value::Record{{"id", value.id}, {"label", value.label}});
  return choices;
}

Value type_view(const protocol::AnswerType& type, const protocol::Bounds& bounds);

Value columns_view(const protocol::RecordDefinition& record) {
  Value::List columns;
  for (const auto& field : record.fields) {
    if (field.type.kind == AnswerKind::kDerived) continue;
    columns.push_back(Value::Record{{"id", field.id},
                                    {"label", field.label},
                                    {"help", field.help},
                                    {"required", field.required},
                                    {"type", type_view(field.type, field.bounds)}});
  }
  return columns;
}

Value type_view(const protocol::AnswerType& type, const protocol::Bounds& bounds) {
  Value::Record view{{"kind", protocol::name(type.kind)}};
  if (type.enumeration) view.emplace("choices", choices_view(*type.enumeration));
  if (type.record) view.emplace("columns", columns_view(*type.record));
  if (!type.ref_question.empty()) {
    view.emplace("refers_to", Value::Record{{"question", type.ref_question}, {"column", type.ref_column}});
  }
  if (type.kind == AnswerKind::kScale) {
    view.emplace("min", type.scale_min);
    view.emplace("max", type.scale_max);
  } else {
    if (bounds.min) view.emplace("min", *bounds.min);
    if (bounds.max) view.emplace("max", *bounds.max);
  }
  return view;
}

Value question_view(const session::Session& session, const protocol::Question& question) {
  Value view = answer_view(session, question);
  auto& record = *view.if_record();
  const auto& stage = session.protocol().stages[question.stage];
  record.emplace("stage", stage.id);
  record.emplace("group", stage.groups[question.group].title);
  record.emplace("label", question.label);
  record.emplace("ask", question.ask);
  record.emplace("help", question.help);
  record.emplace("required", session.requires_answer(question));
  record.emplace("type", type_view(question.type, question.bounds));
  record.emplace("example", question.examples.good);
  return view;
}

}  // namespace

Value session_row_view(const store::SessionRow& row) {
  return Value::Record{{"id", row.id.to_string()},
                       {"title", row.title},
                       {"owner", row.owner},
                       {"protocol", row.protocol_id},
                       {"status", row.status == store::SessionStatus::kDecided ? "decided" : "open"},
                       {"decision", row.decision.empty() ? Value() : Value(row.decision)},
                       {"created_at", base::to_rfc3339(row.created_at)},
                       {"updated_at", base::to_rfc3339(row.updated_at)},
                       {"version", row.head_seq}};
}

Value session_view(const engine::LoadedSession& loaded) {
  const auto& session = *loaded.session;
  Value view = session_row_view(loaded.row);
  auto& record = *view.if_record();
  Value::Record options;
  for (const auto& [name, value] : session.info().options) options.emplace(name, value);
  record.emplace("profile", session.info().profile);
  record.emplace("options", std::move(options));
  record.emplace("protocol_hash", session.protocol().hash.to_hex());
  record.emplace("forked_from", loaded.row.origin
                                    ? Value(Value::Record{{"session", loaded.row.origin->session.to_string()},
                                                          {"checkpoint", loaded.row.origin->checkpoint}})
                                    : Value());
  record.emplace("stages", stages_view(session));
  return view;
}

Value progress_view(const engine::LoadedSession& loaded, const engine::WorkState& work) {
  return Value::Record{{"version", loaded.row.head_seq},
                       {"stages", stages_view(*loaded.session)},
                       {"decided", loaded.session->is_decided()},
                       {"working", work.running},
                       {"failure", work.failure ? Value(Value::Record{{"code", base::name(work.failure->code)},
                                                                      {"detail", work.failure->message}})
                                                : Value()}};
}

Value questions_view(const session::Session& session) {
  Value::List questions;
  for (const auto& question : session.protocol().questions) {
    if (question.is_derived()) continue;
    const auto status = session.status(question);
    if (status == session::QuestionStatus::kNotApplicable || status == session::QuestionStatus::kBlocked) continue;
    questions.push_back(question_view(session, question));
  }
  return questions;
}

Value answer_view(const session::Session& session, const protocol::Question& question) {
  const auto* answer = session.latest(question.name);
  const auto* judged = session.assessment(question.name);
  const bool current = answer != nullptr && judged != nullptr && judged->revision == answer->revision;
  return Value::Record{{"question", question.name},
                       {"status", session::name(session.status(question))},
                       {"revision", answer == nullptr ? Value() : Value(answer->revision)},
                       {"value", answer == nullptr ? Value() : answer->value},
                       {"assessment", current ? session::to_value(*judged) : Value()}};
}

Value checkpoints_view(const std::vector<session::StoredCheckpoint>& checkpoints) {
  Value::List views;
  for (const auto& checkpoint : checkpoints) {
    views.push_back(Value::Record{{"number", checkpoint.seq}, {"hash", checkpoint.hash.to_hex()}});
  }
  return views;
}

Value findings_view(const session::Session& session) {
  return session.findings();
}

Value decision_view(const session::Session& session) {
  return session.is_decided() ? session::to_value(*session.decision()) : Value();
}

Value event_view(const store::Event& event) {
  return Value::Record{
      {"id", event.seq}, {"type", event.type}, {"at", base::to_rfc3339(event.at)}, {"data", event.body}};
}

}  // namespace tollgate::api
