#include "charter/review.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/open_points.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using session::CheckOutcomeStatus;
using session::Session;

// A decision counts only while every gate below it is that of the answers in force.
const session::Decision* standing_decision(const Session& session) {
  if (!session.is_decided()) return nullptr;
  const auto& stages = session.protocol().stages;
  const bool current = std::ranges::all_of(
      stages, [&](const auto& stage) { return session.status(stage) == session::StageStatus::kPassed; });
  return current ? session.decision() : nullptr;
}

void collect_answers(Review& review) {
  for (const auto& question : review.protocol().questions) {
    if (question.is_derived()) {
      const auto* value = review.session.environment().find(question.name);
      if (value != nullptr) review.computed.push_back({&question, value});
      continue;
    }
    const auto* answer = review.session.in_force(question.name);
    if (answer == nullptr) continue;
    review.answers.push_back({&question, answer, review.session.assessment_in_force(question.name),
                              review.session.status(question), review.session.revisions(question.name).size()});
  }
}

// Keeps the most severe first, and the protocol's order among equals.
void add_finding(std::vector<CheckLine>& findings, const CheckLine& line) {
  const auto severity = [](const CheckLine& other) { return other.check->severity; };
  findings.insert(std::ranges::upper_bound(findings, line.check->severity, std::ranges::greater{}, severity), line);
}

void collect_checks(Review& review) {
  for (const auto& check : review.protocol().checks) {
    const CheckLine line{&check, review.session.check(check.id)};
    const auto status = line.outcome == nullptr ? CheckOutcomeStatus::kNotChecked : line.outcome->status;
    switch (status) {
      case CheckOutcomeStatus::kConsistent: ++review.consistent; break;
      case CheckOutcomeStatus::kInapplicable: ++review.inapplicable; break;
      case CheckOutcomeStatus::kContradiction: add_finding(review.findings, line); break;
      case CheckOutcomeStatus::kNotChecked: review.not_made.push_back(line); break;
    }
  }
}

void collect_waivers(Review& review) {
  for (const auto& stage : review.protocol().stages) {
    const auto* gate = review.session.gate(stage.id);
    if (gate == nullptr) continue;
    for (const auto& rule : gate->rules) {
      const auto* waiver = review.session.waiver(rule.rule);
      if (rule.status == session::GateRuleStatus::kWaived && waiver != nullptr) review.waivers.push_back(waiver);
    }
  }
}

Assessors assessors_of(const std::vector<AnswerLine>& answers) {
  Assessors assessors;
  std::set<std::string> models;
  for (const auto& line : answers) {
    if (line.assessment == nullptr) continue;
    if (line.assessment->assessor == session::Assessor::kPrecheck) {
      ++assessors.by_precheck;
    } else {
      ++assessors.by_model;
      models.insert(line.assessment->model.empty() ? "a language model" : line.assessment->model);
    }
  }
  assessors.models.assign(models.begin(), models.end());
  return assessors;
}

}  // namespace

std::size_t Review::escalated() const {
  return static_cast<std::size_t>(std::ranges::count_if(answers, &AnswerLine::is_escalated));
}

const AnswerLine* Review::find(const protocol::Question& question) const {
  const auto it = std::ranges::find(answers, &question, &AnswerLine::question);
  return it == answers.end() ? nullptr : &*it;
}

Review review_of(const Session& session, const CharterFacts& facts) {
  Review review{session, facts, standing_decision(session)};
  collect_answers(review);
  collect_checks(review);
  collect_waivers(review);
  review.assessors = assessors_of(review.answers);
  if (review.decision == nullptr) review.open = open_points(session);
  return review;
}

std::string assessed_by(const Review& review) {
  const Assessors& by = review.assessors;
  std::string text;
  if (by.by_model == 0 && by.by_precheck == 0) {
    text = "No answer has been assessed.";
  } else if (by.by_model == 0) {
    text =
        "Assessed by deterministic pre-checks alone, without a language model: what they accept is well-formed, not "
        "shown to be right.";
  } else {
    text = fmt::format("{} assessed by {}", counted(by.by_model, "answer"), base::join(by.models, ", "));
    if (by.by_precheck > 0) text += fmt::format(", {} by deterministic pre-checks alone", by.by_precheck);
    text += '.';
  }
  if (!review.facts.assessor_note.empty()) text += ' ' + review.facts.assessor_note;
  return text;
}

}  // namespace tollgate::charter
