// What a run does: which work, in which calls, until what end.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.hpp"

namespace tollgate {
namespace {

using base::ErrorCode;
using fakes::FakeProvider;
using llm::Task;
using session::AnswerSource;
using session::Verdict;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class SessionRunner : public test::EngineTest {
 protected:
  static boost::asio::awaitable<void> run_other(engine::Engine& other, base::SessionId id) {
    const auto done = co_await other.run(id, test::kBatch, test::well_brief(), {});
    EXPECT_TRUE(done && done->plan.decided);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, SessionRunner, testing::Values(test::StoreKind::kFake, test::StoreKind::kSqlite),
                         test::kind_name);

TEST_P(SessionRunner, DecidesWithoutAModelFromTheBriefAlone) {
  auto engine = offline();
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  EXPECT_EQ(report->calls, 0);
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->decision()->result.rule, "D3");
  EXPECT_EQ(loaded.row.status, store::SessionStatus::kDecided);
  EXPECT_THAT(loaded.checkpoints, SizeIs(4));  // three stages and the decision
  EXPECT_EQ(loaded.session->assessment("A.purpose")->assessor, session::Assessor::kPrecheck);
  EXPECT_EQ(loaded.session->check("X1")->status, session::CheckOutcomeStatus::kNotChecked);
  EXPECT_TRUE(provider_.requests.empty());
}

TEST_P(SessionRunner, AssessesAGroupInOneCallAndSendsNoTypedAnswer) {
  auto engine = with_model();
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  std::vector<std::vector<std::string>> asked;
  for (const auto* request : provider_.of(Task::kAssess)) asked.push_back(FakeProvider::subjects(*request));
  EXPECT_THAT(asked, UnorderedElementsAre(ElementsAre("A.place", "A.purpose"), ElementsAre("B.quality"),
                                          ElementsAre("C.neighbours")));
  EXPECT_THAT(provider_.of(Task::kDraft), IsEmpty());
  EXPECT_EQ(report->calls, 4);
}

TEST_P(SessionRunner, AsksAllChecksInOneCallAfterTheLastGate) {
  auto engine = with_model();
  provider_.contradictions = {"X1"};
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  ASSERT_THAT(provider_.of(Task::kConsistency), SizeIs(1));
  EXPECT_EQ(provider_.requests.back().task, Task::kConsistency);
  EXPECT_THAT(FakeProvider::subjects(provider_.requests.back()), ElementsAre("X1", "X2"));
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->decision()->result.rule, "D2");
  EXPECT_EQ(loaded.session->check("X1")->model, "fake/balanced");
}

TEST_P(SessionRunner, StopsAClearFailureBeforeAnyCall) {
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers["B.quality"] = {"It is good."};
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id, brief));
  for (const auto* request : provider_.of(Task::kAssess))
    EXPECT_THAT(FakeProvider::subjects(*request), Not(Contains("B.quality")));
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->assessment("B.quality")->assessor, session::Assessor::kPrecheck);
  EXPECT_EQ(loaded.session->assessment("B.quality")->verdict, Verdict::kRejected);
}

TEST_P(SessionRunner, DraftsOnlyWhatIsRequiredAndMissing) {
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.purpose");
  brief.answers.erase("A.depth");
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id, brief);
  ASSERT_TRUE(report) << report.error().message;
  std::vector<std::vector<std::string>> drafted;
  for (const auto* request : provider_.of(Task::kDraft)) drafted.push_back(FakeProvider::subjects(*request));
  EXPECT_THAT(drafted, UnorderedElementsAre(ElementsAre("A.purpose"), ElementsAre("A.depth")));
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->latest("A.purpose")->source, AnswerSource::kDrafted);
  EXPECT_EQ(loaded.session->latest("A.purpose")->author, "fake/balanced");
  EXPECT_EQ(loaded.session->latest("A.remarks"), nullptr);
  EXPECT_TRUE(report->plan.decided);
}

TEST_P(SessionRunner, DraftsAgainWithTheIssuesUntilAttemptsAreUsedUp) {
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.purpose");
  provider_.judgements["A.purpose"] = {{4, {"No figure."}, {}}, {6, {"No season."}, {}}, {5, {"Vague."}, {}}};
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id, brief));
  const auto drafts = provider_.of(Task::kDraft);
  ASSERT_THAT(drafts, SizeIs(3));
  EXPECT_THAT(drafts[0]->messages.front().content, Not(HasSubstr("rejected_draft")));
  EXPECT_THAT(drafts[1]->messages.front().content, HasSubstr("No figure."));
  EXPECT_THAT(drafts[2]->messages.front().content, HasSubstr("No season."));
  const auto loaded = load(*engine, id);
  EXPECT_EQ(loaded.session->assessment("A.purpose")->verdict, Verdict::kEscalated);
  EXPECT_EQ(loaded.session->in_force("A.purpose")->revision, 2);  // the best of 4, 6 and 5
  EXPECT_NE(loaded.session->decision(), nullptr);
}

TEST_P(SessionRunner, LeavesOpenWhatCouldNotBeReadTwice) {
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.depth");
  provider_.drafts["A.depth"] = 4000;  // more than the maximum, which the schema says
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id, brief);
  EXPECT_FALSE(report && report->plan.decided);
}

TEST_P(SessionRunner, RunsIndependentQuestionsAtOnceWithinTheBound) {
  provider_.delay = std::chrono::milliseconds(3);
  auto engine = with_model();
  const auto id = create(*engine, "wide");
  ASSERT_TRUE(run_batch(*engine, id));
  EXPECT_EQ(provider_.most_under_way, 2U);  // B and C, which both wait for A alone
}

TEST_P(SessionRunner, NeverMakesMoreCallsAtOnceThanAllowed) {
  provider_.delay = std::chrono::milliseconds(2);
  config_.max_calls = 1;
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.purpose");
  brief.answers.erase("A.depth");
  brief.answers.erase("C.consent");
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id, brief);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  EXPECT_EQ(provider_.most_under_way, 1U);
}

TEST_P(SessionRunner, KeepsTheBoundWhileACallWaitsToBeRetried) {
  provider_.delay = std::chrono::milliseconds(2);
  config_.max_calls = 1;
  retry_.first_backoff = std::chrono::milliseconds(4);
  provider_.failures = {{ErrorCode::kUnavailable, "down"}, {ErrorCode::kUnavailable, "down"}};
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.depth");  // a second piece of work beside the assessment
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id, brief));
  EXPECT_EQ(provider_.most_under_way, 1U);
}

TEST_P(SessionRunner, RunningADecidedSessionAgainDoesNothing) {
  auto engine = with_model();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  const auto calls = provider_.requests.size();
  const auto seq = load(*engine, id).row.head_seq;
  const auto again = run_batch(*engine, id);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->plan.decided);
  EXPECT_EQ(provider_.requests.size(), calls);
  EXPECT_EQ(load(*engine, id).row.head_seq, seq);
}

TEST_P(SessionRunner, NamesWhatIsOpenWhenNobodyCanDraft) {
  auto engine = offline();
  auto brief = test::well_brief();
  brief.answers.erase("B.quality");
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id, brief);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->plan.decided);
  ASSERT_THAT(report->plan.open, SizeIs(1));
  EXPECT_EQ(report->plan.open[0].question, "B.quality");
}

TEST_P(SessionRunner, ReadsTheSessionUnderTheLeaseSoThatNothingIsPaidForTwice) {
  auto first = with_model();
  auto second = with_model();
  const auto id = create(*first);
  // The other process has done everything when this one gets the lease.
  auto whole_run = [&]() -> boost::asio::awaitable<void> { return run_other(*second, id); };
  store_->before_lease = whole_run;
  const auto report = run_batch(*first, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  EXPECT_EQ(report->calls, 0);
  EXPECT_THAT(provider_.of(Task::kAssess), SizeIs(3));
}

TEST_P(SessionRunner, TellsItsObserverOfEveryStoredEventInOrder) {
  auto engine = offline();
  const auto id = create(*engine);
  ASSERT_TRUE(run_batch(*engine, id));
  std::vector<std::string> stored;
  const auto events = run(store_->events(id, 1, 1000));
  for (const auto& event : events.value()) stored.push_back(event.type);
  std::vector<std::string> told;
  for (const auto& event : events_) {
    if (event != "work.started") told.push_back(event);
  }
  EXPECT_EQ(told, stored);
}

}  // namespace
}  // namespace tollgate
