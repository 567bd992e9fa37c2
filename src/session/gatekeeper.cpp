#include "session/gatekeeper.hpp"

#include "protocol/rules.hpp"

namespace tollgate::session {
namespace {

using protocol::QuestionIndex;
using protocol::RuleStatus;

bool is_settled(const Session& session, const protocol::Question& question) {
  if (question.is_derived()) return true;
  switch (session.status(question)) {
    case QuestionStatus::kNotApplicable:
    case QuestionStatus::kAccepted:
    case QuestionStatus::kEscalated: return true;
    case QuestionStatus::kOpen: return !session.requires_answer(question);
    case QuestionStatus::kBlocked:
    case QuestionStatus::kPending:
    case QuestionStatus::kRejected: return false;
  }
  return false;
}

// Rules and required answers that hold, out of all of them.
struct Tally {
  std::int64_t held = 0;
  std::int64_t all = 0;
  bool blocked = false;

  void count(bool holds) {
    ++all;
    if (holds) ++held;
  }
  base::Decimal share() const {
    return all == 0 ? base::Decimal(1) : base::divide(base::Decimal(held), base::Decimal(all))->rounded(4);
  }
};

void judge_answers(const Session& session, const protocol::Stage& stage, GateOutcome& outcome, Tally& tally) {
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) {
      const auto& question = session.protocol().questions[index];
      if (question.is_derived() || !session.requires_answer(question)) continue;
      const bool answered = session.latest(question.name) != nullptr;
      tally.count(answered);
      if (!answered) outcome.missing.push_back(question.name);
    }
  }
  if (!outcome.missing.empty()) tally.blocked = true;
}

void judge_rules(const Session& session, const protocol::Stage& stage, GateOutcome& outcome, Tally& tally) {
  for (const auto& rule : stage.gate.rules) {
    auto result = protocol::evaluate_rule(rule, session.environment());
    const bool holds = result.status == RuleStatus::kHolds;
    GateRuleStatus status = GateRuleStatus::kHeld;
    if (!holds && rule.level == protocol::RuleLevel::kWarn) {
      status = GateRuleStatus::kWarned;
    } else if (!holds && rule.waiver && session.waiver(rule.id) != nullptr) {
      status = GateRuleStatus::kWaived;
    } else if (!holds) {
      status = result.status == RuleStatus::kFails ? GateRuleStatus::kFailed : GateRuleStatus::kUndetermined;
      tally.blocked = true;
    }
    if (rule.level == protocol::RuleLevel::kBlock)
      tally.count(status == GateRuleStatus::kHeld || status == GateRuleStatus::kWaived);
    outcome.rules.push_back({rule.id, status, std::move(result.text), holds ? std::string() : rule.fix});
  }
  for (auto& result : protocol::evaluate_refs(session.protocol(), stage, session.environment())) {
    const bool holds = result.status == RuleStatus::kHolds;
    tally.count(holds);
    if (!holds) tally.blocked = true;
    outcome.rules.push_back({result.id, holds ? GateRuleStatus::kHeld : GateRuleStatus::kFailed, std::move(result.text),
                             holds ? "" : "Use a name that is in the table it refers to."});
  }
}

}  // namespace

bool can_gate(const Session& session, const protocol::Stage& stage) {
  if (!session.is_open(stage)) return false;
  for (const std::size_t before : stage.after) {
    if (session.status(session.protocol().stages[before]) != StageStatus::kPassed) return false;
  }
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) {
      if (!is_settled(session, session.protocol().questions[index])) return false;
    }
  }
  return true;
}

GateOutcome evaluate_gate(const Session& session, const protocol::Stage& stage, Timestamp now) {
  GateOutcome outcome;
  outcome.stage = stage.id;
  outcome.number = session.gate_count(stage.id) + 1;
  outcome.inputs = session.inputs_of(stage);
  outcome.at = now;
  Tally tally;
  judge_answers(session, stage, outcome, tally);
  judge_rules(session, stage, outcome, tally);
  outcome.completeness = tally.share();
  outcome.passed = !tally.blocked && outcome.completeness >= stage.gate.completeness;
  return outcome;
}

}  // namespace tollgate::session
