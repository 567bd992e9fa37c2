#include "session/planner.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/session/sample_session.hpp"
#include "tests/session/staged_protocol.hpp"

namespace tollgate::session {
namespace {

class PlannerTest : public testing::Test {
 protected:
  PlannerTest() { trial_.policy = {.mode = RunMode::kBatch}; }
  std::string next() { return describe(trial_.plan()); }
  std::string step() {
    const auto described = next();
    trial_.step();
    return described;
  }
  Trial trial_;
};

const std::string kGoodJson = base::to_json(base::Value(kGoodText));

TEST_F(PlannerTest, TakesABatchRunFromItsBriefToTheDecisionStepByStep) {
  trial_.brief = good_brief();
  EXPECT_EQ(step(), "brief:S1.problem:1 S1.problem=" + kGoodJson + "; brief:S1.price:1 S1.price=\"EUR 900\"");
  EXPECT_EQ(step(), "assess S1.problem");
  EXPECT_EQ(step(), "gate S1");
  const auto supplies = step();
  EXPECT_NE(supplies.find("brief:S2.approach:1"), std::string::npos);
  EXPECT_NE(supplies.find("default:S2.count:1 S2.count=5"), std::string::npos);
  EXPECT_NE(supplies.find("brief:S3.owner:1"), std::string::npos);
  EXPECT_EQ(step(), "assess S2.approach; gate S3");
  EXPECT_EQ(step(), "gate S2");
  EXPECT_EQ(step(), "check X1 X2");
  EXPECT_EQ(step(), "decide");
  EXPECT_EQ(step(), "decided");
  EXPECT_EQ(trial_.session().decision()->result.outcome, protocol::Outcome::kProceed);
}

TEST_F(PlannerTest, AsksAModelForItsChecksInOneCallAfterAllGates) {
  trial_.brief = good_brief();
  trial_.policy.can_ask_model = true;
  for (int i = 0; i < 6; ++i) trial_.step();
  EXPECT_EQ(step(), "check X1; ask X2");
}

TEST_F(PlannerTest, AssessesAGroupInOneCallInABatchAndEachAnswerAloneWhenAPersonWaits) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.price"] = {*base::Money::parse("EUR 20,000")};
  trial_.brief.answers["S2.why_dear"] = {kGoodText};
  for (int i = 0; i < 4; ++i) trial_.step();
  EXPECT_EQ(next(), "assess S2.approach S2.why_dear");
  trial_.policy.mode = RunMode::kInteractive;
  EXPECT_EQ(next(), "assess S2.approach; assess S2.why_dear");
}

TEST_F(PlannerTest, RecallsWhatItCanBeforeItAsks) {
  trial_.policy.can_recall = true;
  trial_.answer("S1.problem", kGoodText);
  EXPECT_EQ(step(), "recall S1.problem");
  EXPECT_EQ(next(), "assess S1.problem");
  trial_.answer("S1.problem", std::string(kGoodText) + " It grows.");
  EXPECT_EQ(next(), "recall S1.problem") << "another answer may be known";
  trial_.policy.mode = RunMode::kInteractive;
  EXPECT_EQ(next(), "assess S1.problem") << "alone, it is looked up by its call";
}

TEST_F(PlannerTest, AsksInOneCallForWhatIsLeftOfAStagesGroups) {
  Trial trial(test::staged_protocol(R"yaml(
  - id: S
    title: Stage
    groups:
      - {id: a, title: A, questions: [{id: a1, type: long_text!, ask: A1}, {id: a2, type: long_text!, ask: A2}]}
      - {id: b, title: B, questions: [{id: b1, type: long_text!, ask: B1}, {id: b2, type: long_text!, ask: B2}]}
      - {id: c, title: C, questions: [{id: c1, type: long_text!, ask: C1}, {id: c2, type: long_text!, ask: C2}]}
      - {id: d, title: D, questions: [{id: d1, type: long_text!, ask: D1}, {id: d2, type: long_text!, ask: D2, rubric: hard}]}
  - id: T
    title: Other stage
    groups:
      - {id: e, title: E, questions: [{id: e1, type: long_text!, ask: E1}, {id: e2, type: long_text!, ask: E2}]}
)yaml"));
  trial.policy = {.mode = RunMode::kBatch};
  for (const auto* name : {"S.a1", "S.a2", "S.b1", "S.b2", "S.c1", "S.c2", "S.d1", "S.d2", "T.e1", "T.e2"})
    trial.answer(name, kGoodText);
  EXPECT_EQ(describe(trial.plan()),
            "assess S.a1 S.a2; assess S.b1 S.b2; assess S.c1 S.c2; assess S.d1 S.d2; assess T.e1 T.e2");
  for (const auto* name : {"S.a1", "S.b2", "S.d1", "T.e1"}) trial.assess(name, 8);
  EXPECT_EQ(describe(trial.plan()), "assess S.c1 S.c2; assess S.a2 S.b1; assess S.d2; assess T.e2")
      << "of one stage, and for models of one tier";
}

TEST_F(PlannerTest, JudgesAloneOnlyWhatAPersonHasJustSaid) {
  Trial trial(test::staged_protocol(R"yaml(
  - id: S
    title: Stage
    groups:
      - {id: a, title: A, questions: [{id: a1, type: long_text!, ask: A1}, {id: a2, type: long_text!, ask: A2, needs: [a1]}]}
      - {id: b, title: B, questions: [{id: b1, type: long_text!, ask: B1, needs: [a1]}, {id: b2, type: long_text!, ask: B2}]}
)yaml"));
  trial.policy.can_recall = true;
  for (const auto* name : {"S.a1", "S.a2", "S.b1", "S.b2"}) {
    trial.answer(name, kGoodText);
    trial.assess(name, 8);
  }
  trial.answer("S.a1", kGoodText + " It grows.");
  trial.answer("S.b2", kGoodText + " It grows.");
  EXPECT_EQ(describe(trial.plan()), "assess S.a1; assess S.b2; recall S.a2 S.b1") << "the last two build on a1";
  trial.policy.can_recall = false;
  EXPECT_EQ(describe(trial.plan()), "assess S.a1; assess S.b2; assess S.a2 S.b1");
}

TEST_F(PlannerTest, AsksForNoMoreThanEightAnswersThatAreLeftInACall) {
  std::string groups;
  for (int i = 0; i < 10; ++i) {
    groups += fmt::format(
        "      - {{id: g{0}, title: G, questions: [{{id: p{0}, type: long_text!, ask: P}}, "
        "{{id: q{0}, type: long_text!, ask: Q}}]}}\n",
        i);
  }
  Trial trial(test::staged_protocol("  - id: S\n    title: Stage\n    groups:\n" + groups));
  trial.policy = {.mode = RunMode::kBatch};
  for (int i = 0; i < 10; ++i) {
    trial.answer(fmt::format("S.p{}", i), kGoodText);
    trial.assess(fmt::format("S.p{}", i), 8);
    trial.answer(fmt::format("S.q{}", i), kGoodText);
  }
  EXPECT_EQ(describe(trial.plan()), "assess S.q0 S.q1 S.q2 S.q3 S.q4 S.q5 S.q6 S.q7; assess S.q8 S.q9");
}

TEST_F(PlannerTest, SuppliesTheNextValueAfterARejection) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.problem"] = {"Bad.", kGoodText};
  trial_.step();
  trial_.step();
  EXPECT_EQ(trial_.session().status(trial_.question("S1.problem")), QuestionStatus::kRejected);
  EXPECT_EQ(next(), "brief:S1.problem:2 S1.problem=" + kGoodJson);
  trial_.run();
  EXPECT_TRUE(trial_.session().is_decided());
}

TEST_F(PlannerTest, WaitsWithWhatBuildsOnAnAnswerThatIsAboutToBeReplaced) {
  trial_.answer("S1.price", "EUR 900");
  trial_.answer("S1.problem", kGoodText);
  trial_.answer("S2.approach", kGoodText);
  EXPECT_EQ(next(), "assess S1.problem; assess S2.approach");
  trial_.answer("S1.problem", "Bad.");
  EXPECT_EQ(next(), "assess S1.problem; assess S2.approach") << "there is nothing to replace it with";
  trial_.brief.answers["S1.problem"] = {kGoodText};
  EXPECT_EQ(next(), "assess S1.problem");
  trial_.policy.mode = RunMode::kInteractive;
  EXPECT_EQ(next(), "assess S1.problem; assess S2.approach") << "a person waits for what is said of either";
}

TEST_F(PlannerTest, LeavesARejectedAnswerOpenWhenTheBriefHasNoOther) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.problem"] = {"Bad."};
  trial_.run();
  EXPECT_FALSE(trial_.session().is_decided());
  EXPECT_EQ(trial_.session().status(trial_.question("S1.problem")), QuestionStatus::kRejected);
  ASSERT_FALSE(trial_.plan().open.empty());
  EXPECT_EQ(trial_.plan().open.front().question, "S1.problem");
}

TEST_F(PlannerTest, EscalatesOnceTheAttemptsAreUsedUp) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.problem"] = {"Bad.", "Bad again.", "Still bad."};
  trial_.run();
  EXPECT_TRUE(trial_.session().is_decided());
  EXPECT_EQ(trial_.session().status(trial_.question("S1.problem")), QuestionStatus::kEscalated);
}

TEST_F(PlannerTest, SuppliesTheNextValueOfWhatAClosedGateReadsAndOnlyThenAWaiver) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.price"] = {*base::Money::parse("EUR 70,000"), *base::Money::parse("EUR 60,000")};
  trial_.brief.waivers = {{.stage = "S1", .rule = "G1", .role = "reviewer", .author = "you", .reason = "agreed"}};
  for (int i = 0; i < 3; ++i) trial_.step();
  EXPECT_EQ(step(), "brief:S1.price:2 S1.price=\"EUR 60,000\"");
  EXPECT_EQ(step(), "gate S1");
  EXPECT_EQ(step(), "brief:waiver:G1 G1");
  EXPECT_EQ(step(), "gate S1");
  EXPECT_EQ(trial_.session().status(trial_.stage("S1")), StageStatus::kPassed);
}

TEST_F(PlannerTest, ReportsAClosedGateThatNothingCanOpen) {
  trial_.brief = good_brief();
  trial_.brief.answers["S1.price"] = {*base::Money::parse("EUR 70,000")};
  trial_.run();
  EXPECT_EQ(next(), "failed S1");
}

TEST_F(PlannerTest, DraftsOnlyOnSettledGroundAndOnlyWhatIsRequired) {
  trial_.policy.can_draft = true;
  trial_.brief.answers["S1.problem"] = {kGoodText};
  EXPECT_EQ(step(), "brief:S1.problem:1 S1.problem=" + kGoodJson);
  EXPECT_EQ(next(), "assess S1.problem; draft S1.price");
  trial_.step();
  EXPECT_EQ(step(), "gate S1");
  EXPECT_EQ(step(), "default:S2.count:1 S2.count=5");
  EXPECT_EQ(next(), "draft S2.approach; draft S3.owner");
  trial_.answer("S1.problem", kGoodText + " Since May.");
  EXPECT_EQ(next(), "assess S1.problem; draft S3.owner");
  trial_.policy.not_draftable = {"S3.owner"};
  EXPECT_EQ(next(), "assess S1.problem");
}

TEST_F(PlannerTest, DraftsARejectedDraftAgainButNeverAPersonsAnswer) {
  trial_.policy.can_draft = true;
  trial_.answer("S1.price", "EUR 9");
  trial_.answer("S1.problem", "Bad.", AnswerSource::kDrafted);
  trial_.assess("S1.problem", 3);
  EXPECT_EQ(next(), "draft S1.problem");
  trial_.answer("S1.problem", "Bad.", AnswerSource::kPerson);
  trial_.policy.mode = RunMode::kInteractive;
  trial_.assess("S1.problem", 3);
  trial_.policy.mode = RunMode::kBatch;
  EXPECT_EQ(next(), "open S1.problem: scored 3 of 10, 7 are needed");
}

TEST_F(PlannerTest, LeavesWhatIsUnderWayAlone) {
  trial_.brief = good_brief();
  trial_.busy = {"S1.problem"};
  EXPECT_EQ(next(), "brief:S1.price:1 S1.price=\"EUR 900\"");
  trial_.busy = {};
  trial_.step();
  trial_.busy = {"S1.problem"};
  EXPECT_EQ(next(), "");
  trial_.busy = {};
  trial_.step();
  trial_.busy = {"S1"};
  EXPECT_EQ(next(), "");
  trial_.busy = {};
  for (int i = 0; i < 4; ++i) trial_.step();
  EXPECT_EQ(next(), "check X1 X2");
  trial_.busy = {"X2"};
  EXPECT_EQ(next(), "check X1");
  trial_.busy = {};
  trial_.step();
  trial_.busy = {"decision"};
  EXPECT_EQ(next(), "");
}

TEST_F(PlannerTest, WritesNothingForAPerson) {
  trial_.brief = good_brief();
  trial_.policy = {.mode = RunMode::kInteractive, .can_draft = true};
  EXPECT_EQ(next(), "open S1.problem: not answered; open S1.price: not answered");
}

TEST_F(PlannerTest, NamesWhatTheDecisionWaitsFor) {
  Trial trial(sample_protocol(), "noted");
  trial.policy = {.mode = RunMode::kBatch};
  trial.brief = good_brief();
  trial.run();
  EXPECT_EQ(describe(trial.plan()),
            "open S1.note: needed by the decision rule D3; undecided: the decision rule D3 cannot be evaluated: waits "
            "for S1.note");
}

TEST_F(PlannerTest, ProcessesAnEditAfterTheDecision) {
  trial_.brief = good_brief();
  trial_.run();
  ASSERT_EQ(next(), "decided");
  trial_.answer("S2.count", 200);
  EXPECT_EQ(step(), "gate S2");
  EXPECT_EQ(step(), "check X1");
  EXPECT_EQ(step(), "decide");
  EXPECT_EQ(trial_.session().decision()->result.rule, "D1");
}

TEST_F(PlannerTest, NeverDecidesWhileAnAnswerIsBeingJudgedAgain) {
  trial_.brief = good_brief();
  trial_.run();
  trial_.answer("S1.problem", kGoodText + " Since May.");
  EXPECT_EQ(next(), "assess S1.problem; assess S2.approach");
  trial_.assess("S1.problem", 8);
  trial_.busy = {"S2.approach"};
  EXPECT_EQ(step(), "gate S1");
  EXPECT_EQ(next(), "");
}

TEST_F(PlannerTest, SuppliesTheNextRowsOfATableWithDanglingReferences) {
  const auto compiled = protocol::compile_text(R"yaml(
tollgate: 1
id: refs
version: 1.0.0
title: T
records:
  kpi: {fields: {name: text!}}
  link: {fields: {kpi: ref<S1.kpis.name>!}}
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: kpis, type: table<kpi>!, ask: A}
          - {id: links, type: table<link>!, ask: A}
decisions: {profiles: {default: [{id: D9, when: "true", then: proceed}]}}
)yaml");
  ASSERT_NE(compiled.protocol, nullptr) << protocol::to_string(compiled.diagnostics);
  Trial trial(compiled.protocol);
  trial.policy = {.mode = RunMode::kBatch};
  const auto rows = [](const char* key, const char* value) {
    return base::Value(base::Value::List{base::Value::Record{{key, value}}});
  };
  trial.brief.answers = {{"S1.kpis", {rows("name", "a")}}, {"S1.links", {rows("kpi", "b"), rows("kpi", "a")}}};
  trial.run();
  EXPECT_TRUE(trial.session().is_decided()) << describe(trial.plan());
}

TEST_F(PlannerTest, SaysWhatAQuestionWithAnUnansweredConditionWaitsFor) {
  const auto compiled = protocol::compile_text(R"yaml(
tollgate: 1
id: waits
version: 1.0.0
title: T
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: personal, type: bool, ask: A}
          - {id: basis, type: long_text!, ask: A, if: personal}
decisions: {profiles: {default: [{id: D9, when: "true", then: proceed}]}}
)yaml");
  ASSERT_NE(compiled.protocol, nullptr) << protocol::to_string(compiled.diagnostics);
  Trial trial(compiled.protocol);
  trial.policy = {.mode = RunMode::kBatch};
  trial.run();
  EXPECT_EQ(describe(trial.plan()), "open S1.personal: needed to know whether S1.basis is asked");
}

}  // namespace
}  // namespace tollgate::session
