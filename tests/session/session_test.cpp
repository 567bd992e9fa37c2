#include "session/session.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "protocol/builtin.hpp"
#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

using base::Value;

class SessionTest : public testing::Test {
 protected:
  QuestionStatus status(std::string_view name) { return trial_.session().status(trial_.question(name)); }
  StageStatus stage_status(std::string_view id) { return trial_.session().status(trial_.stage(id)); }
  std::int64_t revision_in_force(std::string_view name) { return trial_.session().in_force(name)->revision; }
  void pass_s1(const char* price = "EUR 900") {
    trial_.answer("S1.problem", kGoodText);
    trial_.assess("S1.problem", 8);
    trial_.answer("S1.price", price);
    ASSERT_TRUE(trial_.gate("S1").passed);
  }

  Trial trial_;
};

TEST_F(SessionTest, GoesThroughTheStatusesOfAQuestion) {
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kOpen);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kBlocked);
  EXPECT_EQ(status("S2.why_dear"), QuestionStatus::kBlocked);
  trial_.answer("S1.problem", "Bad.");
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kPending);
  trial_.assess("S1.problem", 3);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kRejected);
  trial_.answer("S1.problem", kGoodText);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kPending);
  trial_.assess("S1.problem", 7);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kAccepted);
  trial_.answer("S1.price", "EUR 900");
  EXPECT_EQ(status("S1.price"), QuestionStatus::kAccepted);
  EXPECT_EQ(status("S2.why_dear"), QuestionStatus::kNotApplicable);
}

TEST_F(SessionTest, OpensAStageOnceTheStagesBeforeItHavePassed) {
  EXPECT_EQ(stage_status("S1"), StageStatus::kOpen);
  EXPECT_EQ(stage_status("S2"), StageStatus::kBlocked);
  pass_s1();
  EXPECT_EQ(stage_status("S1"), StageStatus::kPassed);
  EXPECT_EQ(stage_status("S2"), StageStatus::kOpen);
  EXPECT_EQ(stage_status("S3"), StageStatus::kOpen);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kOpen);
  trial_.answer("S1.price", "EUR 60,000");
  EXPECT_EQ(stage_status("S1"), StageStatus::kOpen);
  trial_.gate("S1");
  EXPECT_EQ(stage_status("S1"), StageStatus::kFailed);
  EXPECT_EQ(stage_status("S2"), StageStatus::kBlocked);
}

TEST_F(SessionTest, KeepsTheBestAttemptWhenTheThirdFails) {
  for (const int score : {4, 6, 5}) {
    trial_.answer("S1.problem", "Attempt " + std::to_string(score));
    trial_.assess("S1.problem", score);
  }
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kEscalated);
  EXPECT_EQ(revision_in_force("S1.problem"), 2);
  EXPECT_EQ(trial_.session().assessment_in_force("S1.problem")->score, 6);
  EXPECT_EQ(*trial_.session().environment().find("S1.problem"), Value("Attempt 6"));
}

TEST_F(SessionTest, LetsTheLaterOfTwoEqualAttemptsStand) {
  for (int i = 0; i < 3; ++i) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", 5);
  }
  EXPECT_EQ(revision_in_force("S1.problem"), 3);
}

TEST_F(SessionTest, AcceptsAGoodThirdAttempt) {
  for (const int score : {4, 6, 9}) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", score);
  }
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kAccepted);
  EXPECT_EQ(revision_in_force("S1.problem"), 3);
}

TEST_F(SessionTest, CountsAttemptsAnewAfterAnAcceptance) {
  for (const int score : {4, 6, 9, 3}) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", score);
  }
  EXPECT_EQ(trial_.session().attempts_used(trial_.question("S1.problem")), 1);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kRejected);
  EXPECT_EQ(revision_in_force("S1.problem"), 4);
}

TEST_F(SessionTest, DoesNotBringBackAnAnswerThatWasAcceptedAndThenReplaced) {
  for (const int score : {9, 3, 5, 4}) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", score);
  }
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kEscalated);
  EXPECT_EQ(revision_in_force("S1.problem"), 3);
}

TEST_F(SessionTest, ComparesAttemptsByTheirNewestJudgement) {
  pass_s1();
  trial_.answer("S2.approach", "One");
  trial_.assess("S2.approach", 6);
  trial_.answer("S1.problem", kGoodText + " Now 80.");
  trial_.assess("S1.problem", 8);
  trial_.gate("S1");
  trial_.assess("S2.approach", 2);  // the first attempt again, in its new context
  trial_.answer("S2.approach", "Two");
  trial_.assess("S2.approach", 4);
  trial_.answer("S2.approach", "Three");
  trial_.assess("S2.approach", 3);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kEscalated);
  EXPECT_EQ(revision_in_force("S2.approach"), 2);
}

TEST_F(SessionTest, LetsAnAnswerAfterAnEscalationStandAtOnce) {
  for (const int score : {4, 6, 5}) {
    trial_.answer("S1.problem", "Attempt");
    trial_.assess("S1.problem", score);
  }
  trial_.answer("S1.problem", kGoodText);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kPending);
  EXPECT_EQ(revision_in_force("S1.problem"), 4);
  trial_.assess("S1.problem", 8);
  EXPECT_EQ(status("S1.problem"), QuestionStatus::kAccepted);
}

TEST_F(SessionTest, EscalatesARejudgedAnswerWhoseRubricAllowsOneAttempt) {
  auto strict = *sample_protocol();
  strict.rubrics.at("standard").attempts = 1;
  Trial trial(std::make_shared<const protocol::Protocol>(strict));
  trial.answer("S1.problem", kGoodText);
  trial.assess("S1.problem", 8);
  trial.answer("S1.price", "EUR 9");
  trial.gate("S1");
  trial.answer("S2.approach", kGoodText);
  trial.assess("S2.approach", 8);
  trial.answer("S1.problem", kGoodText + " More.");
  trial.assess("S2.approach", 5);
  EXPECT_EQ(trial.session().assessment("S2.approach")->verdict, Verdict::kEscalated);
}

TEST_F(SessionTest, JudgesAnAnswerAgainWhenItsContextChanges) {
  pass_s1();
  trial_.answer("S2.approach", kGoodText);
  trial_.assess("S2.approach", 8);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kAccepted);
  trial_.answer("S1.price", "EUR 901");  // not read by it
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kAccepted);
  trial_.answer("S1.problem", kGoodText + " Since May.");
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kPending);
  trial_.assess("S2.approach", 8);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kAccepted);
}

TEST_F(SessionTest, DoesNotJudgeAgainWhenTheContextComesBack) {
  pass_s1();
  trial_.answer("S2.approach", kGoodText);
  trial_.assess("S2.approach", 8);
  trial_.answer("S1.problem", "Something else.");
  trial_.answer("S1.problem", kGoodText);
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kAccepted);
}

TEST_F(SessionTest, RecomputesDerivedValuesAndWhatTheyOpen) {
  pass_s1();
  EXPECT_EQ(*trial_.session().environment().find("S1.cost_class"), Value("LOW"));
  EXPECT_FALSE(trial_.session().requires_answer(trial_.question("S3.signoff")));
  trial_.answer("S1.price", "EUR 20,000");
  EXPECT_EQ(*trial_.session().environment().find("S1.cost_class"), Value("HIGH"));
  EXPECT_TRUE(trial_.session().requires_answer(trial_.question("S3.signoff")));
  EXPECT_EQ(status("S2.why_dear"), QuestionStatus::kOpen);
}

TEST_F(SessionTest, DoesNotWaitForAnOptionalNeed) {
  pass_s1();
  EXPECT_EQ(status("S2.hint"), QuestionStatus::kOpen);
}

TEST_F(SessionTest, LosesOnlyTheGatesThatReadAnEditedAnswer) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kBatch};
  trial_.run();
  ASSERT_TRUE(trial_.session().is_decided()) << describe(trial_.session());
  trial_.answer("S2.count", 6);
  EXPECT_FALSE(trial_.session().is_decided());
  EXPECT_EQ(stage_status("S1"), StageStatus::kPassed);
  EXPECT_EQ(stage_status("S2"), StageStatus::kOpen);
  EXPECT_EQ(stage_status("S3"), StageStatus::kPassed);
}

TEST_F(SessionTest, LosesAGateWhoseRequiredAnswersChangeWithAnotherStage) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kBatch};
  trial_.run();
  trial_.answer("S1.price", "EUR 20,000");  // now S3.signoff is required and S2.why_dear is asked
  trial_.gate("S1");
  EXPECT_EQ(stage_status("S2"), StageStatus::kOpen);
  EXPECT_EQ(stage_status("S3"), StageStatus::kOpen);
}

TEST_F(SessionTest, LosesAGateWhenAnAnswerOfItsStageMustBeJudgedAgain) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kBatch};
  trial_.run();
  trial_.answer("S1.problem", kGoodText + " Since May.");
  trial_.assess("S1.problem", 8);
  trial_.gate("S1");
  EXPECT_EQ(status("S2.approach"), QuestionStatus::kPending);
  EXPECT_EQ(stage_status("S2"), StageStatus::kOpen);
  EXPECT_EQ(stage_status("S3"), StageStatus::kPassed);
}

TEST_F(SessionTest, IsNoLongerDecidedOnceAnythingItRestsOnHasChanged) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kBatch};
  trial_.run();
  ASSERT_TRUE(trial_.session().is_decided());
  trial_.answer("S1.note", "a note");
  EXPECT_FALSE(trial_.session().is_decided());
  trial_.run();
  EXPECT_TRUE(trial_.session().is_decided());
  EXPECT_EQ(trial_.session().decision()->number, 2);
}

TEST_F(SessionTest, IgnoresAFactAppliedTwice) {
  pass_s1();
  const auto before = describe(trial_.session());
  for (const auto& fact : std::vector<Fact>(trial_.facts())) trial_.apply(fact);
  EXPECT_EQ(describe(trial_.session()), before);
  EXPECT_EQ(trial_.session().revisions("S1.problem").size(), 1U);
  EXPECT_EQ(trial_.session().gate_count("S1"), 1);
}

TEST_F(SessionTest, IsTheSameInWhateverOrderTheKindsOfFactsAreLoaded) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kBatch};
  trial_.answer("S1.problem", "Bad.", AnswerSource::kPerson);
  trial_.assess("S1.problem", 3);
  trial_.run();
  trial_.waive("S1", "G1");
  trial_.answer("S1.price", "EUR 60,000");
  trial_.run();
  const auto expected = describe(trial_.session());
  std::vector<std::size_t> kinds{0, 1, 2, 3, 4, 5};
  do {
    Session loaded(sample_protocol(), sample_info());
    for (const auto kind : kinds) {
      for (const auto& fact : trial_.facts()) {
        if (fact.index() == kind) apply_to(loaded, fact);
      }
    }
    ASSERT_EQ(describe(loaded), expected);
  } while (std::next_permutation(kinds.begin(), kinds.end()));
}

TEST(ResidualRisk, IsComputedExactlyBySumAndByProduct) {
  const auto protocol = protocol::compile_named("ai-project-scoping").protocol;
  ASSERT_NE(protocol, nullptr);
  const auto& mitigation = *protocol->find_question("S5.mitigation_strategies")->type.record;
  const auto& risk = *protocol->find_question("S5.safety_risks")->type.record;
  ASSERT_NE(mitigation.find("effectiveness"), nullptr);
  ASSERT_NE(risk.find("severity"), nullptr);
  const auto row = [](const char* name, const char* severity, const char* likelihood) {
    return Value(Value::Record{{"name", name}, {"severity", severity}, {"likelihood", likelihood}});
  };
  const auto mitigated = [](const char* principle, const char* name, int effect) {
    return Value(Value::Record{{"principle", principle},
                               {"risk", name},
                               {"action", "a"},
                               {"implementation_method", "m"},
                               {"effectiveness", effect}});
  };
  const std::map<std::string, Value, std::less<>> answers = {
      {"S5.fairness_risks", Value::List{row("a", "HIGH", "CRITICAL")}},    // 12 x (1 - 0.45) = 6.6
      {"S5.privacy_risks", Value::List{row("b", "HIGH", "HIGH")}},         // 9 x (1 - 0.30) = 6.3
      {"S5.transparency_risks", Value::List{row("c", "HIGH", "HIGH")}},    // 9 x (1 - 0.60) = 3.6; 9 x 0.6 x 0.8 = 4.32
      {"S5.safety_risks", Value::List{row("d", "CRITICAL", "CRITICAL")}},  // 16, capped at 95 %: 0.8
      {"S5.human_agency_risks", Value::List{}},
      {"S5.mitigation_strategies",
       Value::List{mitigated("fairness", "a", 45), mitigated("privacy", "b", 30), mitigated("transparency", "c", 40),
                   mitigated("transparency", "c", 20), mitigated("safety", "d", 60), mitigated("safety", "d", 50)}}};
  const protocol::SessionFacts facts;
  const protocol::AnswerEnvironment environment(*protocol, facts, [&](std::string_view name) -> const Value* {
    const auto it = answers.find(name);
    return it == answers.end() ? nullptr : &it->second;
  });
  const auto* measured = environment.find("S5.measured_risks");
  ASSERT_NE(measured, nullptr);
  const auto score = [&](std::size_t index, const char* column) {
    return measured->if_list()->at(index)[column].if_number()->to_string();
  };
  EXPECT_EQ(score(0, "score_sum"), "6.6");
  EXPECT_EQ(score(1, "score_sum"), "6.3");
  EXPECT_EQ(score(2, "score_sum"), "3.6");
  EXPECT_EQ(score(2, "score_product"), "4.32");
  EXPECT_EQ(score(3, "score_sum"), "0.8");
  EXPECT_EQ(score(3, "score_product"), "3.2");
  EXPECT_EQ(base::to_json(*environment.find("S5.residual_by_sum")),
            R"({"fairness":"HIGH","human_agency":"LOW","privacy":"HIGH","safety":"LOW","transparency":"LOW"})");
  EXPECT_EQ((*environment.find("S5.residual_by_product"))["transparency"], Value("MEDIUM"));
}

}  // namespace
}  // namespace tollgate::session
