#include "protocol/model.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tollgate::protocol {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 5> kOutcomes = {
    {{Outcome::kProceed, "proceed"},
     {Outcome::kProceedWithMonitoring, "proceed_with_monitoring"},
     {Outcome::kRevise, "revise"},
     {Outcome::kSubmitToCommittee, "submit_to_committee"},
     {Outcome::kHalt, "halt"}}};

}  // namespace

const FieldDefinition* RecordDefinition::find(std::string_view field_id) const {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.id == field_id; });
  return it == fields.end() ? nullptr : &*it;
}

const Question* Protocol::find_question(std::string_view name) const {
  const auto it =
      std::find_if(questions.begin(), questions.end(), [&](const auto& question) { return question.name == name; });
  return it == questions.end() ? nullptr : &*it;
}

std::optional<QuestionIndex> Protocol::resolve_question(std::string_view name_or_id) const {
  std::optional<QuestionIndex> found;
  for (QuestionIndex i = 0; i < questions.size(); ++i) {
    if (questions[i].name == name_or_id) return i;
    if (questions[i].id != name_or_id) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

const Stage* Protocol::find_stage(std::string_view stage_id) const {
  const auto it = std::find_if(stages.begin(), stages.end(), [&](const auto& stage) { return stage.id == stage_id; });
  return it == stages.end() ? nullptr : &*it;
}

const Rubric* Protocol::rubric_of(const Question& question) const {
  if (!question.rubric) return nullptr;
  const auto it = rubrics.find(*question.rubric);
  return it == rubrics.end() ? nullptr : &it->second;
}

std::string_view name(Outcome outcome) {
  for (const auto& [value, text] : kOutcomes) {
    if (value == outcome) return text;
  }
  return "halt";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const auto& [value, outcome_name] : kOutcomes) {
    if (outcome_name == text) return value;
  }
  return std::nullopt;
}

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::kMinor: return "minor";
    case Severity::kMajor: return "major";
    case Severity::kCritical: return "critical";
  }
  return "major";
}

std::string_view name(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kText: return "text";
    case AnswerKind::kLongText: return "long_text";
    case AnswerKind::kInt: return "int";
    case AnswerKind::kDecimal: return "decimal";
    case AnswerKind::kPercent: return "percent";
    case AnswerKind::kMoney: return "money";
    case AnswerKind::kDuration: return "duration";
    case AnswerKind::kDate: return "date";
    case AnswerKind::kBool: return "bool";
    case AnswerKind::kEnum: return "enum";
    case AnswerKind::kMultiEnum: return "multi_enum";
    case AnswerKind::kScale: return "scale";
    case AnswerKind::kFile: return "file";
    case AnswerKind::kTextList: return "text[]";
    case AnswerKind::kRef: return "ref";
    case AnswerKind::kRefList: return "ref[]";
    case AnswerKind::kTable: return "table";
    case AnswerKind::kDerived: return "derived";
  }
  return "text";
}

}  // namespace tollgate::protocol
