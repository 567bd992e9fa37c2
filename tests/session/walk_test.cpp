// Random walks: whatever people do in whatever order, the invariants of a session hold.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

class Walk : public testing::TestWithParam<unsigned> {
 protected:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

  base::Value any_value(const std::string& question) {
    static const std::map<std::string, std::vector<base::Value>> kValues = {
        {"S1.price", {"EUR 900", "EUR 20,000", "EUR 40,000", "EUR 60,000"}},
        {"S2.count", {1, 5, 200}},
        {"S1.note", {"stop", "a note"}}};
    const auto it = kValues.find(question);
    if (it != kValues.end()) return it->second[pick(it->second.size())];
    const std::vector<base::Value> texts = {"TBD", "improve things", kGoodText, kGoodText + " Since May.",
                                            kGoodText + " Since June."};
    return texts[pick(texts.size())];
  }

  void act() {
    std::vector<std::string> answerable;
    for (const auto& question : trial_.session().protocol().questions) {
      if (question.is_derived()) continue;
      const auto status = trial_.session().status(question);
      if (status != QuestionStatus::kBlocked && status != QuestionStatus::kNotApplicable)
        answerable.push_back(question.name);
    }
    const auto choice = pick(10);
    if (choice == 0) {
      trial_.waive("S1", "G1");
    } else if (choice == 1) {
      trial_.policy.mode = trial_.policy.mode == RunMode::kBatch ? RunMode::kInteractive : RunMode::kBatch;
    } else if (!answerable.empty()) {
      const auto& name = answerable[pick(answerable.size())];
      trial_.answer(name, any_value(name));
    }
  }

  void expect_invariants() {
    const Session& session = trial_.session();
    for (const auto& stage : session.protocol().stages) {
      if (session.status(stage) != StageStatus::kPassed) continue;
      for (const auto before : stage.after) {
        const auto* gate = session.gate(session.protocol().stages[before].id);
        ASSERT_TRUE(gate != nullptr && gate->passed) << stage.id;
      }
      for (const auto& group : stage.groups) {
        for (const auto index : group.questions) {
          const auto& question = session.protocol().questions[index];
          if (question.is_derived()) continue;
          const auto status = session.status(question);
          ASSERT_NE(status, QuestionStatus::kPending) << question.name << " under a passed gate";
          if (session.requires_answer(question)) ASSERT_NE(session.latest(question.name), nullptr) << question.name;
        }
      }
    }
    if (session.is_decided()) {
      for (const auto& stage : session.protocol().stages)
        ASSERT_EQ(session.status(stage), StageStatus::kPassed) << stage.id;
      const auto plan = trial_.plan();
      ASSERT_TRUE(plan.decided && plan.work.empty() && plan.answers.empty() && plan.waivers.empty()) << describe(plan);
    }
    Session again(sample_protocol(), sample_info());
    for (const auto& fact : trial_.facts()) apply_to(again, fact);
    ASSERT_EQ(describe(again), describe(session));
    ASSERT_EQ(describe(session::plan(again, trial_.policy, trial_.brief, {})), describe(trial_.plan()));
  }

  // Every gate that passes does so with its predecessors passed and current; a decision with all gates so.
  void step_checked(bool& moved) {
    const Plan next = trial_.plan();
    for (const auto& item : next.work) {
      if (const auto* gate = std::get_if<EvaluateGate>(&item)) {
        for (const auto before : trial_.stage(gate->stage).after)
          ASSERT_EQ(trial_.session().status(trial_.session().protocol().stages[before]), StageStatus::kPassed);
      }
      if (std::holds_alternative<Decide>(item)) {
        for (const auto& stage : trial_.session().protocol().stages)
          ASSERT_EQ(trial_.session().status(stage), StageStatus::kPassed);
      }
    }
    moved = trial_.step();
  }

  std::mt19937 random_{GetParam()};
  Trial trial_;
};

TEST_P(Walk, KeepsTheInvariantsAndComesToRest) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.problem"] = {"TBD", kGoodText};
  for (int round = 0; round < 25; ++round) {
    act();
    bool moved = true;
    for (int steps = 0; moved; ++steps) {
      ASSERT_LT(steps, 50) << describe(trial_.plan());
      ASSERT_NO_FATAL_FAILURE(step_checked(moved));
      if (pick(4) == 0) break;  // a person may act before the work is done
    }
    ASSERT_NO_FATAL_FAILURE(expect_invariants());
  }
  trial_.run();
  expect_invariants();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Walk, testing::Range(0U, 30U));

}  // namespace
}  // namespace tollgate::session
