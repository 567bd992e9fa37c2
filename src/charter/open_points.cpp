#include "charter/open_points.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "session/planner.hpp"

namespace tollgate::charter {
namespace {

using session::GateRuleStatus;
using session::QuestionStatus;
using session::Session;
using session::StageStatus;

std::string why_open(const Session& session, const protocol::Question& question) {
  switch (session.status(question)) {
    case QuestionStatus::kBlocked:  // of a stage that is not open: the stage says so
      if (!session.is_open(session.protocol().stages[question.stage])) return {};
      [[fallthrough]];
    case QuestionStatus::kOpen: return session.requires_answer(question) ? "not answered" : "";
    case QuestionStatus::kPending: return "its assessment is missing or out of date";
    case QuestionStatus::kRejected:
      return fmt::format("scored {} of 10, {} are needed", session.assessment(question.name)->score,
                         session.protocol().rubric_of(question)->accept);
    case QuestionStatus::kNotApplicable:
    case QuestionStatus::kAccepted:
    case QuestionStatus::kEscalated: break;
  }
  return {};
}

std::string blocked_by(const Session& session, const protocol::Stage& stage) {
  std::vector<std::string> before;
  for (const std::size_t index : stage.after) {
    const auto& other = session.protocol().stages[index];
    if (session.status(other) != StageStatus::kPassed) before.push_back(other.title);
  }
  return before.empty() ? "has not opened" : "opens after " + base::join(before, ", ");
}

std::string why_closed(const session::GateOutcome& gate) {
  std::vector<std::string> rules;
  for (const auto& rule : gate.rules) {
    if (rule.status == GateRuleStatus::kFailed || rule.status == GateRuleStatus::kUndetermined)
      rules.push_back(rule.text.empty() ? rule.rule : fmt::format("{}: {}", rule.rule, rule.text));
  }
  if (!gate.missing.empty()) rules.push_back("not answered: " + base::join(gate.missing, ", "));
  return rules.empty() ? "its gate is closed" : "its gate is closed. " + base::join(rules, " ");
}

std::string why_open(const Session& session, const protocol::Stage& stage) {
  switch (session.status(stage)) {
    case StageStatus::kBlocked: return blocked_by(session, stage);
    case StageStatus::kOpen: return "its gate has not been judged on the answers in force";
    case StageStatus::kFailed: return why_closed(*session.gate(stage.id));
    case StageStatus::kPassed: break;
  }
  return {};
}

OpenPoint decision_point(const Session& session, const std::vector<OpenPoint>& before) {
  const auto next = session::plan(session, session::RunPolicy{}, session::Brief{}, {});
  std::string why = "not taken yet";
  if (!next.undecided.empty()) {
    why = next.undecided;
  } else if (session.decision() != nullptr) {
    why = "answers, gates or findings have changed since it was taken; it has to be taken again";
  } else if (!before.empty()) {
    why = "waits for the points above";
  }
  return {"", "Decision", why};
}

}  // namespace

std::vector<OpenPoint> open_points(const Session& session) {
  std::vector<OpenPoint> points;
  for (const auto& question : session.protocol().questions) {
    if (question.is_derived()) continue;
    if (auto why = why_open(session, question); !why.empty())
      points.push_back({question.name, question.label, std::move(why)});
  }
  for (const auto& stage : session.protocol().stages) {
    if (auto why = why_open(session, stage); !why.empty()) points.push_back({stage.id, stage.title, std::move(why)});
  }
  points.push_back(decision_point(session, points));
  return points;
}

}  // namespace tollgate::charter
