// What a person can do with a session: answer, be asked again, waive.
#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.hpp"

namespace tollgate {
namespace {

using base::ErrorCode;
using fakes::FakeProvider;
using llm::Task;
using session::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Interactive : public test::EngineTest {
 protected:
  base::Result<engine::RunReport> assess(engine::Engine& engine, base::SessionId id) {
    return run(engine.run(id, test::kInteractive, {}, observer()));
  }
  base::Result<std::int64_t> submit(engine::Engine& engine, base::SessionId id, const std::string& question,
                                    base::Value value, const std::string& key = "k") {
    return run(engine.submit(id, question, std::move(value), "ann", {key}));
  }
  void answer_from_brief(engine::Engine& engine, base::SessionId id, const std::string& stage) {
    const auto brief = test::well_brief();
    for (const auto& [question, values] : brief.answers) {
      if (question.starts_with(stage)) answer(engine, id, question, values.front());
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, Interactive, testing::Values(test::StoreKind::kFake, test::StoreKind::kSqlite),
                         test::kind_name);

TEST_P(Interactive, RefusesAnAnswerWhoseTimeHasNotCome) {
  auto engine = offline();
  const auto id = create(*engine);
  const auto refused = submit(*engine, id, "B.quality", "Three samples of May 2026 show 21 mg/l nitrate.");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
  EXPECT_THAT(refused.error().message, HasSubstr("B.quality cannot be answered yet"));
}

TEST_P(Interactive, RefusesWhatDoesNotFitAndWhatDoesNotExist) {
  auto engine = offline();
  const auto id = create(*engine);
  EXPECT_EQ(submit(*engine, id, "A.depth", "deep").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(submit(*engine, id, "A.depth", 4000).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(submit(*engine, id, "A.dept", 40).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(load(*engine, id).session->revisions("A.depth"), IsEmpty());
}

TEST_P(Interactive, AcknowledgesTheSameKeyTwiceAndWritesOnce) {
  auto engine = offline();
  const auto id = create(*engine);
  EXPECT_EQ(submit(*engine, id, "A.depth", 40, "once").value(), 1);
  EXPECT_EQ(submit(*engine, id, "A.depth", 40, "once").value(), 1);
  EXPECT_EQ(submit(*engine, id, "A.depth", 41, "once").error().code, ErrorCode::kConflict);
  EXPECT_THAT(load(*engine, id).session->revisions("A.depth"), SizeIs(1));
}

TEST_P(Interactive, AssessesEachAnswerByItself) {
  auto engine = with_model();
  const auto id = create(*engine);
  answer_from_brief(*engine, id, "A.");
  ASSERT_TRUE(assess(*engine, id));
  ASSERT_THAT(provider_.of(Task::kAssess), SizeIs(2));
  for (const auto* request : provider_.of(Task::kAssess)) EXPECT_THAT(FakeProvider::subjects(*request), SizeIs(1));
  EXPECT_EQ(load(*engine, id).session->gate("A")->passed, true);
}

TEST_P(Interactive, AsksForFollowUpsOnlyWhenTheAssessorGaveNone) {
  auto engine = with_model();
  provider_.judgements["A.purpose"] = {{4, {"No figure."}, {}}};
  provider_.judgements["A.place"] = {{4, {"No distance."}, {"How far is the house?"}}};
  const auto id = create(*engine);
  answer_from_brief(*engine, id, "A.p");
  ASSERT_TRUE(assess(*engine, id));
  ASSERT_THAT(provider_.of(Task::kFollowUp), SizeIs(1));
  const auto loaded = load(*engine, id);
  EXPECT_THAT(loaded.session->assessment("A.purpose")->follow_ups, ElementsAre("How many litres a day?"));
  EXPECT_THAT(loaded.session->assessment("A.place")->follow_ups, ElementsAre("How far is the house?"));
  EXPECT_EQ(loaded.session->assessment("A.purpose")->verdict, Verdict::kRejected);
  EXPECT_EQ(loaded.session->attempts_used(*loaded.session->protocol().find_question("A.purpose")), 1);
}

TEST_P(Interactive, KeepsTheAssessmentWhenFollowUpsFail) {
  auto engine = with_model();
  provider_.judgements["A.purpose"] = {{4, {"No figure."}, {}}};
  const auto id = create(*engine);
  answer_from_brief(*engine, id, "A.purpose");
  provider_.meanwhile = [&](const llm::ChatRequest& request) -> boost::asio::awaitable<void> {
    if (request.task == Task::kFollowUp) provider_.failures.push_back({ErrorCode::kUnauthenticated, "no"});
    return test::nothing();
  };
  ASSERT_TRUE(assess(*engine, id));
  EXPECT_EQ(load(*engine, id).session->assessment("A.purpose")->score, 4);
}

TEST_P(Interactive, NeverDraftsNorUsesABrief) {
  auto engine = with_model();
  const auto id = create(*engine);
  const auto report = run(engine->run(id, test::kInteractive, test::well_brief(), {}));
  ASSERT_TRUE(report);
  EXPECT_TRUE(provider_.requests.empty());
  EXPECT_THAT(load(*engine, id).session->revisions("A.depth"), IsEmpty());
}

TEST_P(Interactive, AnEditOfADecidedSessionIsAssessedAndDecidedAgain) {
  auto engine = with_model();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  provider_.requests.clear();
  answer(*engine, id, "C.consent", false);
  const auto report = assess(*engine, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  EXPECT_TRUE(provider_.requests.empty());  // a typed value: nobody needs to judge anything
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->decision()->result.rule, "D1");
  EXPECT_EQ(loaded.session->decision()->number, 2);
  EXPECT_TRUE(run(engine->verify(id)).value().intact());
}

class Waiving : public Interactive {
 protected:
  // At a gate closed by GA.depth and GA.limit.
  base::SessionId at_closed_gate(engine::Engine& engine) {
    const auto id = create(engine);
    auto brief = test::well_brief();
    brief.answers["A.depth"] = {360};
    EXPECT_TRUE(run_batch(engine, id, brief));
    return id;
  }
  session::BriefWaiver waiver(const std::string& rule = "GA.depth") {
    return {.stage = "A",
            .rule = rule,
            .role = "reviewer",
            .author = "rita",
            .reason = "The aquifer is empty there.",
            .due = base::Date::parse("2027-06-30")};
  }
  ErrorCode refused(engine::Engine& engine, base::SessionId id, session::BriefWaiver waiver) {
    const auto status = run(engine.waive(id, std::move(waiver), {"w"}));
    EXPECT_FALSE(status);
    return status ? ErrorCode::kInternal : status.error().code;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, Waiving, testing::Values(test::StoreKind::kFake, test::StoreKind::kSqlite),
                         test::kind_name);

TEST_P(Waiving, NeedsAFailedRuleARoleAReasonAndADate) {
  auto engine = offline();
  const auto id = at_closed_gate(*engine);
  EXPECT_EQ(refused(*engine, id, waiver("GA.limit")), ErrorCode::kForbidden);
  EXPECT_EQ(refused(*engine, id, waiver("GA.other")), ErrorCode::kPreconditionFailed);
  auto wrong = waiver();
  wrong.role = "owner";
  EXPECT_EQ(refused(*engine, id, wrong), ErrorCode::kForbidden);
  wrong = waiver();
  wrong.reason = "  ";
  EXPECT_EQ(refused(*engine, id, wrong), ErrorCode::kInvalidArgument);
  wrong = waiver();
  wrong.due.reset();
  EXPECT_EQ(refused(*engine, id, wrong), ErrorCode::kInvalidArgument);
  wrong = waiver();
  wrong.due = base::Date::parse("2020-01-31");
  EXPECT_EQ(refused(*engine, id, wrong), ErrorCode::kInvalidArgument);
  wrong = waiver();
  wrong.stage = "B";
  EXPECT_EQ(refused(*engine, id, wrong), ErrorCode::kPreconditionFailed);
}

TEST_P(Waiving, OpensTheGateOnceEveryRuleThatFailedIsWaivedOrCured) {
  auto engine = offline();
  const auto id = at_closed_gate(*engine);
  ASSERT_TRUE(run(engine->waive(id, waiver(), {"w"})));
  ASSERT_TRUE(run_batch(*engine, id));
  EXPECT_FALSE(load(*engine, id).session->gate("A")->passed);
  answer(*engine, id, "A.depth", 180);
  const auto report = run_batch(*engine, id);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->plan.decided);
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->gate("A")->rules.front().status, session::GateRuleStatus::kWaived);
}

TEST_P(Waiving, AcknowledgesTheSameWaiverTwice) {
  auto engine = offline();
  const auto id = at_closed_gate(*engine);
  ASSERT_TRUE(run(engine->waive(id, waiver(), {"w"})));
  answer(*engine, id, "A.depth", 180);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto again = run(engine->waive(id, waiver(), {"w"}));  // the reply to the first was lost
  EXPECT_TRUE(again) << again.error().message;
}

}  // namespace
}  // namespace tollgate
