// What a run does when something breaks: a reply, a provider, the store, the lease, the patience of its caller.
#include <set>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.hpp"

namespace tollgate {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using fakes::FakeProvider;
using llm::Task;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class RunUnderFaults : public test::EngineTest {
 protected:
  static asio::awaitable<void> submit_purpose(engine::Engine& engine, base::SessionId id) {
    (void)co_await engine.submit(id, "A.purpose", "Water for 30 goats and a dairy kitchen, 900 litres a day all year.",
                                 "ann", {"mine"});
  }
  static asio::awaitable<void> run_too(engine::Engine& engine, base::SessionId id, base::ErrorCode& code) {
    const auto second = co_await engine.run(id, test::kBatch, test::well_brief(), {});
    code = second ? ErrorCode::kInternal : second.error().code;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, RunUnderFaults, testing::Values(test::StoreKind::kFake, test::StoreKind::kSqlite),
                         test::kind_name);

TEST_P(RunUnderFaults, RepairsABadReplyOnce) {
  provider_.texts = {"I cannot say."};
  auto engine = with_model();
  const auto report = run_batch(*engine, create(*engine));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  EXPECT_EQ(report->calls, 5);
}

TEST_P(RunUnderFaults, RecordsNothingOfAReplyThatIsBadTwice) {
  provider_.texts = {"I cannot say.", R"({"assessments": {}})"};
  auto engine = with_model();
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kBadReply);
  EXPECT_THAT(provider_.requests, SizeIs(2));
  EXPECT_EQ(load(*engine, id).session->assessment("A.purpose"), nullptr);
}

TEST_P(RunUnderFaults, RetriesWhatMayPassAndThenSaysSo) {
  retry_.max_tries = 3;
  for (int i = 0; i < 3; ++i) provider_.failures.push_back({ErrorCode::kRateLimited, "slow down"});
  auto engine = with_model();
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kRateLimited);
  EXPECT_THAT(provider_.requests, SizeIs(3));
}

TEST_P(RunUnderFaults, DoesNotRetryWhatWillNotPass) {
  provider_.failures = {{ErrorCode::kUnauthenticated, "bad key"}};
  auto engine = with_model();
  const auto report = run_batch(*engine, create(*engine));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnauthenticated);
  EXPECT_THAT(provider_.requests, SizeIs(1));
}

TEST_P(RunUnderFaults, WaitsAsLongAsTheProviderAsks) {
  base::Error busy{ErrorCode::kRateLimited, "slow down"};
  busy.retry_after = std::chrono::milliseconds(30);
  provider_.failures = {busy};
  auto engine = with_model();
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_batch(*engine, create(*engine)));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(30));
}

TEST_P(RunUnderFaults, TheNextRunRepeatsNoRecordedWork) {
  retry_.max_tries = 1;
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.purpose");
  const auto id = create(*engine);
  std::multiset<std::string> recorded;
  int runs = 0;
  for (bool decided = false; !decided && runs < 20; ++runs) {
    // One reply, then a failure.
    const auto before = provider_.requests.size();
    provider_.meanwhile = [&, before](const llm::ChatRequest&) -> asio::awaitable<void> {
      if (provider_.requests.size() > before + 1 && provider_.failures.empty())
        provider_.failures.push_back({ErrorCode::kUnavailable, "down"});
      return test::nothing();
    };
    const auto report = run_batch(*engine, id, brief);
    decided = report && report->plan.decided;
    provider_.failures.clear();
  }
  EXPECT_GT(runs, 2);
  EXPECT_LT(runs, 20);
  const auto loaded = load(*engine, id);
  for (const char* question : {"A.purpose", "A.place", "B.quality", "C.neighbours"}) {
    EXPECT_THAT(loaded.session->assessments(question), SizeIs(1)) << question;
  }
  EXPECT_THAT(loaded.session->revisions("A.purpose"), SizeIs(1));
}

TEST_P(RunUnderFaults, RefusesASecondRunOfTheSameSession) {
  auto engine = with_model();
  auto other = with_model();
  const auto id = create(*engine);
  ErrorCode same_process{};
  ErrorCode other_process{};
  int calls = 0;
  provider_.meanwhile = [&](const llm::ChatRequest&) -> asio::awaitable<void> {
    if (++calls == 1) return run_too(*engine, id, same_process);
    if (calls == 2) return run_too(*other, id, other_process);
    return test::nothing();
  };
  const auto report = run_batch(*engine, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(same_process, ErrorCode::kConflict);
  EXPECT_EQ(other_process, ErrorCode::kConflict);
}

TEST_P(RunUnderFaults, EndsWhenAnOutcomeIsRefusedForALostLease) {
  auto engine = with_model();
  const auto id = create(*engine);
  store_->refuse_commit = [](const store::OutcomeCommit&) {
    return base::Error{ErrorCode::kConflict, "the lease is lost"};
  };
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_THAT(report.error().message, HasSubstr("taken over"));
  store_->refuse_commit = {};
  EXPECT_EQ(load(*engine, id).session->assessment("A.place"), nullptr);
}

TEST_P(RunUnderFaults, EndsAtOnceWhenARenewalFindsTheLeaseLost) {
  config_.lease_ttl = std::chrono::milliseconds(30);
  provider_.delay = std::chrono::minutes(5);  // a call whose reply could not be recorded any more
  auto engine = with_model();
  const auto id = create(*engine);
  store_->refuse_renewal = base::Error{ErrorCode::kConflict, "lost"};
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_EQ(provider_.under_way, 0U);
}

TEST_P(RunUnderFaults, BuildsNothingOnAGateThatWasNotStored) {
  auto engine = offline();
  const auto id = create(*engine);
  store_->refuse_commit = [](const store::OutcomeCommit& commit) -> std::optional<base::Error> {
    if (commit.checkpoints.empty()) return std::nullopt;
    return base::Error{ErrorCode::kNoSpace, "the disk is full"};
  };
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNoSpace);
  for (const auto& input : store_->inputs_seen)
    EXPECT_TRUE(input.entry.subject.starts_with("A.")) << input.entry.subject;
  store_->refuse_commit = {};
  const auto again = run_batch(*engine, id);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->plan.decided);
  EXPECT_TRUE(run(engine->verify(id)).value().intact());
}

TEST_P(RunUnderFaults, GatesThatPassTogetherFollowEachOther) {
  auto engine = offline();
  const auto id = create(*engine);
  // The first of the two is the slower one.
  store_->before_commit = [this](const store::OutcomeCommit& commit) {
    return !commit.checkpoints.empty() && commit.checkpoints.front().seq == 2 ? pause() : test::nothing();
  };
  const auto report = run_batch(*engine, id);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(load(*engine, id).checkpoints, SizeIs(4));
  EXPECT_TRUE(run(engine->verify(id)).value().intact());
}

TEST_P(RunUnderFaults, ReportsAnExceptionAsAnErrorOfThatWork) {
  provider_.throws = true;
  auto engine = with_model();
  const auto id = create(*engine);
  const auto report = run_batch(*engine, id);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInternal);
  EXPECT_THAT(report.error().message, HasSubstr("assess failed: the provider broke"));
  provider_.throws = false;
  EXPECT_TRUE(run_batch(*engine, id));
}

TEST_P(RunUnderFaults, ACancelledRunEndsItsCallsAndCanBeContinued) {
  provider_.delay = std::chrono::minutes(5);
  auto engine = with_model();
  const auto id = create(*engine);
  asio::cancellation_signal signal;
  provider_.meanwhile = [&](const llm::ChatRequest&) -> asio::awaitable<void> {
    asio::post(context_, [&] { signal.emit(asio::cancellation_type::terminal); });
    return test::nothing();
  };
  std::optional<base::Result<engine::RunReport>> result;
  auto on_end = [&](const std::exception_ptr& thrown, base::Result<engine::RunReport> report) {
    EXPECT_FALSE(thrown);
    result = std::move(report);
  };
  asio::co_spawn(context_, engine->run(id, test::kBatch, test::well_brief(), {}),
                 asio::bind_cancellation_slot(signal.slot(), on_end));
  context_.restart();
  context_.run();
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().code, ErrorCode::kCancelled);
  EXPECT_EQ(provider_.under_way, 0U);
  provider_.delay = std::chrono::milliseconds(0);
  provider_.meanwhile = {};
  const auto again = run_batch(*engine, id);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->plan.decided);
}

TEST_P(RunUnderFaults, ADraftNeverCoversWhatAPersonAnsweredMeanwhile) {
  auto engine = with_model();
  auto brief = test::well_brief();
  brief.answers.erase("A.purpose");
  const auto id = create(*engine);
  provider_.meanwhile = [&](const llm::ChatRequest& request) -> asio::awaitable<void> {
    if (request.task == Task::kDraft) return submit_purpose(*engine, id);
    return test::nothing();
  };
  const auto report = run_batch(*engine, id, brief);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->plan.decided);
  const auto loaded = load(*engine, id);
  ASSERT_THAT(loaded.session->revisions("A.purpose"), SizeIs(1));
  EXPECT_EQ(loaded.session->latest("A.purpose")->source, session::AnswerSource::kPerson);
}

}  // namespace
}  // namespace tollgate
