#include "engine/usage_ledger.hpp"

#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include "tests/fakes/advancing_clock.hpp"
#include "tests/fakes/fake_usage_store.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::PicoUsd;

class Ledger : public testing::Test {
 protected:
  // One call of a key for $0.25.
  void tell(UsageLedger& ledger, const std::string& key = "tg_1", const std::string& session = {},
            llm::CostBasis basis = llm::CostBasis::kReported) {
    const llm::CallScope scope{.tenant = "ann", .key = key, .session = session};
    ledger.record({.day = today(),
                   .scope = scope,
                   .task = llm::Task::kGateway,
                   .tier = "fast",
                   .target = {"anthropic", model_},
                   .usage = {10, 4, 2},
                   .basis = basis,
                   .cost = cost_,
                   .charged = cost_});
  }
  void tell() { tell(ledger_); }
  base::Date today() { return base::Date(std::chrono::floor<std::chrono::days>(clock_.now())); }
  base::Status flush() { return flush(ledger_); }
  base::Status flush(UsageLedger& ledger) { return fakes::run_coroutine(context_, ledger.flush(store_)); }
  base::Status reload() { return fakes::run_coroutine(context_, ledger_.reload(store_)); }
  std::string spent() { return budgets_.today(llm::budget_of_key("tg_1")).spent.to_string(); }
  store::UsageTotals written() {
    store::UsageTotals all;
    for (const auto& [subject, totals] : store_.rows) all.add(totals);
    return all;
  }

  asio::io_context context_{1};
  fakes::AdvancingClock clock_;
  base::SystemRandom random_;
  llm::Budgets budgets_{clock_};
  fakes::FakeUsageStore store_;
  UsageLedger ledger_{clock_, random_, budgets_};
  std::string model_ = "claude-opus-5";
  PicoUsd cost_ = *PicoUsd::parse("0.25");
};

TEST_F(Ledger, AddsUpWhatIsForTheSameBeforeItIsWritten) {
  tell();
  tell();
  tell(ledger_, "tg_2");
  ASSERT_TRUE(flush());
  ASSERT_EQ(store_.sent.size(), 1u);
  ASSERT_EQ(store_.rows.size(), 2u);
  const auto& [subject, totals] = *store_.rows.begin();
  EXPECT_EQ(subject.account, "ann");
  EXPECT_EQ(subject.key, "tg_1");
  EXPECT_EQ(subject.task, "gateway");
  EXPECT_EQ(subject.tier, "fast");
  EXPECT_EQ(subject.model, "claude-opus-5");
  EXPECT_EQ(totals.calls, 2);
  EXPECT_EQ(totals.input_tokens, 20);
  EXPECT_EQ(totals.cost.to_string(), "0.5");
  EXPECT_EQ(ledger_.unwritten(), 0u);
}

TEST_F(Ledger, TellsHitsEstimatesAndUnpricedCallsApart) {
  tell(ledger_, "tg_1", {}, llm::CostBasis::kSaved);
  tell(ledger_, "tg_1", {}, llm::CostBasis::kUnpriced);
  tell(ledger_, "tg_1", {}, llm::CostBasis::kEstimated);
  ASSERT_TRUE(flush());
  EXPECT_EQ(written().hits, 1);
  EXPECT_EQ(written().calls, 2);
  EXPECT_EQ(written().unpriced, 1);
  EXPECT_EQ(written().estimated, 1);
}

TEST_F(Ledger, LosesNothingWhileTheDatabaseFails) {
  store_.failure = base::Error{ErrorCode::kUnavailable, "down"};
  tell();
  EXPECT_FALSE(flush());
  tell();
  EXPECT_FALSE(flush());
  EXPECT_EQ(ledger_.unwritten(), 2u);
  store_.failure.reset();
  ASSERT_TRUE(flush());
  EXPECT_EQ(written().calls, 2);
}

TEST_F(Ledger, SendsABatchAgainUnderItsNumberWhenNothingIsKnownOfIt) {
  store_.forgets_to_answer = true;
  tell();
  EXPECT_FALSE(flush());
  tell();
  store_.forgets_to_answer = false;
  ASSERT_TRUE(flush());
  ASSERT_EQ(store_.sent.size(), 3u);
  EXPECT_EQ(store_.sent[0].number, store_.sent[1].number);
  EXPECT_EQ(written().calls, 2);
}

TEST_F(Ledger, WritesInBatchesOfABoundedSize) {
  for (std::size_t i = 0; i < UsageLedger::kMaxBatchRows + 1; ++i) tell(ledger_, "tg_1", std::to_string(i));
  ASSERT_TRUE(flush());
  ASSERT_EQ(store_.sent.size(), 2u);
  EXPECT_EQ(store_.sent[0].rows.size(), UsageLedger::kMaxBatchRows);
  EXPECT_EQ(store_.sent[1].rows.size(), 1u);
}

TEST_F(Ledger, KeepsTheMoneyButNotTheSessionBeyondItsBound) {
  UsageLedger small(clock_, random_, budgets_, nullptr, 2);
  for (const auto* session : {"s1", "s2", "s3", "s4", "s1"}) tell(small, "tg_1", session);
  EXPECT_EQ(small.unwritten(), 3u);
  ASSERT_TRUE(flush(small));
  EXPECT_EQ(written().calls, 5);
  EXPECT_EQ(written().cost.to_string(), "1.25");
  const auto& [subject, totals] = *store_.rows.begin();
  EXPECT_EQ(subject.session, "");
  EXPECT_EQ(subject.model, "");
  EXPECT_EQ(subject.key, "tg_1");
  EXPECT_EQ(totals.calls, 2);
}

TEST_F(Ledger, CleansWhatAProviderCallsItsModel) {
  model_ = std::string("m\0\xff", 3) + std::string(300, 'x');
  tell();
  ASSERT_TRUE(flush());
  EXPECT_EQ(store_.rows.begin()->first.model, "m??" + std::string(197, 'x'));
}

TEST_F(Ledger, BudgetsKnowAtTheStartWhatWasSpentToday) {
  tell();
  ASSERT_TRUE(flush());
  llm::Budgets fresh(clock_);
  UsageLedger after_restart(clock_, random_, fresh);
  ASSERT_TRUE(fakes::run_coroutine(context_, after_restart.reload(store_)));
  EXPECT_EQ(fresh.today(llm::budget_of_key("tg_1")).spent.to_string(), "0.25");
}

TEST_F(Ledger, BudgetsCountOnceWhatWasSpentHereAndIsStoredNow) {
  budgets_.spend(llm::budget_of_key("tg_1"), today(), cost_);
  tell();
  ASSERT_TRUE(flush());
  EXPECT_EQ(spent(), "0.25");
  ASSERT_TRUE(reload());
  EXPECT_EQ(spent(), "0.25");
  store_.failure = base::Error{ErrorCode::kUnavailable, "down"};
  budgets_.spend(llm::budget_of_key("tg_1"), today(), cost_);
  tell();
  EXPECT_FALSE(flush());
  EXPECT_FALSE(reload());
  EXPECT_EQ(spent(), "0.5");
  store_.failure.reset();
  ASSERT_TRUE(flush());
  ASSERT_TRUE(reload());
  EXPECT_EQ(spent(), "0.5");
}

TEST_F(Ledger, IsToldFromAnyThread) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 1'000;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < kCalls; ++j) tell();
    });
  }
  while (written().calls < kThreads * kCalls) ASSERT_TRUE(flush());
  threads.clear();
  ASSERT_TRUE(flush());
  EXPECT_EQ(written().calls, kThreads * kCalls);
}

TEST_F(Ledger, IsWrittenByItselfAndTellsOfTroubleOnce) {
  std::vector<std::string> told;
  asio::cancellation_signal stop;
  const auto on_trouble = [&told](const std::string& why) { told.push_back(why); };
  asio::co_spawn(context_, keep_usage(ledger_, store_, on_trouble, std::chrono::milliseconds(1)),
                 asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&) {}));
  store_.failure = base::Error{ErrorCode::kUnavailable, "down"};
  tell();
  while (store_.sent.size() < 2) context_.run_one();
  store_.failure.reset();
  while (ledger_.unwritten() > 0) context_.run_one();
  stop.emit(asio::cancellation_type::terminal);
  context_.run();
  EXPECT_EQ(told, (std::vector<std::string>{"down", ""}));
  EXPECT_EQ(written().calls, 1);
}

TEST_F(Ledger, SaysNothingOfAWriteThatTheEndOfTheProgramCutOff) {
  std::vector<std::string> told;
  asio::cancellation_signal stop;
  const auto on_trouble = [&told](const std::string& why) { told.push_back(why); };
  store_.failure = base::Error{ErrorCode::kCancelled, "cut off"};
  store_.on_write = [&stop] { stop.emit(asio::cancellation_type::terminal); };
  tell();
  asio::co_spawn(context_, keep_usage(ledger_, store_, on_trouble, std::chrono::milliseconds(1)),
                 asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&) {}));
  context_.run();
  EXPECT_EQ(store_.sent.size(), 1U);
  EXPECT_EQ(told, std::vector<std::string>{});
  EXPECT_EQ(ledger_.unwritten(), 1U);
}

asio::awaitable<base::Result<PicoUsd>> nothing() {
  co_return PicoUsd();
}

TEST_F(Ledger, TellsTheBudgetsOfSessionsWhatTheStoreHas) {
  llm::SessionBudgets sessions(*PicoUsd::parse("1"), [](const std::string&) { return nothing(); });
  UsageLedger ledger(clock_, random_, budgets_, &sessions);
  ASSERT_TRUE(fakes::run_coroutine(context_, sessions.look_up("s1")));
  sessions.reserve("s1", cost_, today())->settle(cost_);
  tell(ledger, "", "s1");
  tell(ledger, "tg_1", "");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(sessions.known(), 1u);
    ASSERT_TRUE(fakes::run_coroutine(context_, ledger.reload(store_)));
  }
  ASSERT_TRUE(flush(ledger));
  ASSERT_TRUE(fakes::run_coroutine(context_, ledger.reload(store_)));
  EXPECT_EQ(sessions.known(), 0u);  // all that it spent is in the store
  EXPECT_EQ(fakes::run_coroutine(context_, store_.charged_to_session("s1"))->to_string(), "0.25");
}

}  // namespace
}  // namespace tollgate::engine
