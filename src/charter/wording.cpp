#include "charter/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::charter {

using protocol::Outcome;
using protocol::Severity;
using session::AnswerSource;
using session::GateRuleStatus;
using session::QuestionStatus;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string shown_time(base::Timestamp time) {
  const std::string text = base::to_rfc3339(time);
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

std::string in_words(std::string_view id) {
  std::string words(id);
  std::ranges::replace(words, '_', ' ');
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

Tone tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProceed: return Tone::kGood;
    case Outcome::kProceedWithMonitoring:
    case Outcome::kRevise:
    case Outcome::kSubmitToCommittee: return Tone::kCaution;
    case Outcome::kHalt: break;
  }
  return Tone::kBad;
}

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::kMinor: return Tone::kNeutral;
    case Severity::kMajor: return Tone::kCaution;
    case Severity::kCritical: break;
  }
  return Tone::kBad;
}

Tone tone_of(GateRuleStatus status) {
  switch (status) {
    case GateRuleStatus::kHeld: return Tone::kGood;
    case GateRuleStatus::kWaived:
    case GateRuleStatus::kWarned: return Tone::kCaution;
    case GateRuleStatus::kFailed:
    case GateRuleStatus::kUndetermined: break;
  }
  return Tone::kBad;
}

Tone tone_of(QuestionStatus status) {
  switch (status) {
    case QuestionStatus::kEscalated:
    case QuestionStatus::kPending: return Tone::kCaution;
    case QuestionStatus::kRejected: return Tone::kBad;
    case QuestionStatus::kAccepted:
    case QuestionStatus::kNotApplicable:
    case QuestionStatus::kBlocked:
    case QuestionStatus::kOpen: break;
  }
  return Tone::kNeutral;
}

Tone tone_of_score(int score, int accept) {
  if (score >= accept) return Tone::kGood;
  return score * 2 >= accept ? Tone::kCaution : Tone::kBad;
}

std::string_view words_for(AnswerSource source) {
  switch (source) {
    case AnswerSource::kPerson: return "person";
    case AnswerSource::kBrief: return "brief";
    case AnswerSource::kDrafted: return "drafted by a model";
    case AnswerSource::kDefault: return "default";
  }
  return "person";
}

std::string_view words_for(GateRuleStatus status) {
  switch (status) {
    case GateRuleStatus::kHeld: return "held";
    case GateRuleStatus::kFailed: return "failed";
    case GateRuleStatus::kUndetermined: return "undetermined";
    case GateRuleStatus::kWaived: return "waived";
    case GateRuleStatus::kWarned: return "warned";
  }
  return "failed";
}

std::string verdict_of(const AnswerLine& line) {
  switch (line.status) {
    case QuestionStatus::kNotApplicable: return "no longer asked";
    case QuestionStatus::kPending: return line.assessment == nullptr ? "not assessed" : "assessment out of date";
    case QuestionStatus::kRejected: return "rejected";
    case QuestionStatus::kEscalated: return line.attempts > 1 ? fmt::format("best of {} kept", line.attempts) : "kept";
    case QuestionStatus::kAccepted:
    case QuestionStatus::kBlocked:
    case QuestionStatus::kOpen: break;
  }
  return line.question->rubric ? "accepted" : "valid";
}

std::string assessor_of(const AnswerLine& line) {
  if (line.assessment == nullptr) return line.question->rubric ? "" : "type";
  if (line.assessment->assessor == session::Assessor::kPrecheck) return "pre-checks";
  return line.assessment->model.empty() ? "language model" : line.assessment->model;
}

std::string waiver_text(const session::Waiver& waiver) {
  std::string text = fmt::format(
      "Waived by {}{} on {}: {}", waiver.author.empty() ? "an unnamed person" : waiver.author,
      waiver.role.empty() ? "" : " (" + waiver.role + ")", base::to_rfc3339(waiver.at).substr(0, 10), waiver.reason);
  if (waiver.due) text += fmt::format("{}Due {}.", text.ends_with('.') ? " " : ". ", waiver.due->to_string());
  return text;
}

}  // namespace tollgate::charter
