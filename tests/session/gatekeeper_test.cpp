#include "session/gatekeeper.hpp"

#include <gtest/gtest.h>

#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

class GatekeeperTest : public testing::Test {
 protected:
  bool can() { return can_gate(trial_.session(), trial_.stage("S1")); }
  static GateRuleStatus status(const GateOutcome& gate, std::string_view rule) {
    for (const auto& one : gate.rules) {
      if (one.rule == rule) return one.status;
    }
    ADD_FAILURE() << rule;
    return GateRuleStatus::kHeld;
  }
  Trial trial_;
};

TEST_F(GatekeeperTest, WaitsUntilEveryQuestionIsSettled) {
  EXPECT_FALSE(can());
  trial_.answer("S1.problem", kGoodText);
  trial_.answer("S1.price", "EUR 900");
  EXPECT_FALSE(can());
  trial_.assess("S1.problem", 3);
  EXPECT_FALSE(can());
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  EXPECT_TRUE(can());
  EXPECT_FALSE(can_gate(trial_.session(), trial_.stage("S2")));
}

TEST_F(GatekeeperTest, PassesWhenEverythingHoldsAndOnlyWarnsWhereARuleMay) {
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  trial_.answer("S1.price", "EUR 900");
  const auto& gate = trial_.gate("S1");
  EXPECT_TRUE(gate.passed);
  EXPECT_EQ(gate.completeness, base::Decimal(1));
  EXPECT_EQ(gate.number, 1);
  EXPECT_EQ(status(gate, "G1"), GateRuleStatus::kHeld);
  EXPECT_EQ(status(gate, "GW"), GateRuleStatus::kWarned);
  EXPECT_EQ(gate.rules[1].text, "No note.");
  EXPECT_EQ(gate.rules[1].fix, "Add one.");
  EXPECT_EQ(gate.rules[0].fix, "");
}

TEST_F(GatekeeperTest, StaysClosedOnABlockingRuleAndSaysWhyAndHowToFixIt) {
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  trial_.answer("S1.price", "EUR 60,000");
  const auto& gate = trial_.gate("S1");
  EXPECT_FALSE(gate.passed);
  EXPECT_EQ(status(gate, "G1"), GateRuleStatus::kFailed);
  EXPECT_EQ(gate.rules[0].text, "EUR 60,000 is too much.");
  EXPECT_EQ(gate.rules[0].fix, "Ask for less.");
  EXPECT_EQ(gate.completeness, *base::Decimal::parse("0.6667"));
}

TEST_F(GatekeeperTest, PassesAWaivedRule) {
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  trial_.answer("S1.price", "EUR 60,000");
  trial_.waive("S1", "G1");
  const auto& gate = trial_.gate("S1");
  EXPECT_TRUE(gate.passed);
  EXPECT_EQ(status(gate, "G1"), GateRuleStatus::kWaived);
  EXPECT_EQ(gate.completeness, base::Decimal(1));
}

TEST_F(GatekeeperTest, IgnoresAWaiverOfARuleThatAllowsNone) {
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  trial_.answer("S1.price", "EUR 900");
  trial_.gate("S1");
  trial_.answer("S2.approach", kGoodText);
  trial_.assess("S2.approach", 8);
  trial_.answer("S2.count", 1);
  trial_.waive("S2", "G2");
  EXPECT_EQ(status(trial_.gate("S2"), "G2"), GateRuleStatus::kFailed);
}

TEST_F(GatekeeperTest, ListsWhatIsMissingAndDoesNotGuessAtRulesThatReadIt) {
  trial_.answer("S1.problem", kGoodText);
  trial_.assess("S1.problem", 8);
  const auto& gate = trial_.gate("S1");
  EXPECT_FALSE(gate.passed);
  EXPECT_EQ(gate.missing, (std::vector<std::string>{"S1.price"}));
  EXPECT_EQ(status(gate, "G1"), GateRuleStatus::kUndetermined);
  EXPECT_EQ(gate.rules[0].text, "waits for S1.price");
  EXPECT_EQ(gate.completeness, *base::Decimal::parse("0.3333"));
}

TEST_F(GatekeeperTest, LetsAnEscalatedAnswerPass) {
  for (int i = 0; i < 3; ++i) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", 5);
  }
  trial_.answer("S1.price", "EUR 900");
  EXPECT_TRUE(can());
  EXPECT_TRUE(trial_.gate("S1").passed);
}

}  // namespace
}  // namespace tollgate::session
