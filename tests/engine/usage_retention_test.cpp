#include "engine/usage_retention.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/fakes/advancing_clock.hpp"
#include "tests/fakes/fake_usage_store.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::days;

class Retention : public testing::Test {
 protected:
  base::Date ago(int number) { return base::Date(base::day_of(clock_.now()).day() - days(number)); }
  void add(int days_ago, int rows = 1) {
    for (int i = 0; i < rows; ++i) store_.rows[{.day = ago(days_ago), .session = fmt::format("s{}", i)}].calls = 1;
  }
  std::size_t rows_of(int days_ago) {
    const auto is_of_day = [day = ago(days_ago)](const auto& row) { return row.first.day == day; };
    return static_cast<std::size_t>(std::count_if(store_.rows.begin(), store_.rows.end(), is_of_day));
  }

  asio::io_context context_{1};
  fakes::AdvancingClock clock_;
  fakes::FakeUsageStore store_;
};

TEST_F(Retention, DeletesWhatIsOlderAndNothingElse) {
  for (const int day : {0, 1, 2, 3, 400}) add(day);
  EXPECT_EQ(fakes::run_coroutine(context_, forget_old_usage(store_, ago(0), 2)).value(), 2);
  for (const int day : {0, 1, 2}) EXPECT_EQ(rows_of(day), 1U) << day;
}

TEST_F(Retention, LeavesTodayHoweverFewDaysAreKept) {
  add(0);
  add(1);
  add(2);
  EXPECT_EQ(fakes::run_coroutine(context_, forget_old_usage(store_, ago(0), 1)).value(), 1);
  EXPECT_EQ(rows_of(0), 1U);
}

TEST_F(Retention, DeletesManyInBatches) {
  add(500, 2'500);
  add(0);
  EXPECT_EQ(fakes::run_coroutine(context_, forget_old_usage(store_, ago(0), 400)).value(), 2'500);
  EXPECT_EQ(store_.most_forgotten_at_once, kMaxForgottenAtOnce);
  EXPECT_EQ(store_.rows.size(), 1U);
}

TEST_F(Retention, GoesOnAfterAFailureAndTellsOfIt) {
  add(500);
  store_.failure = base::Error{base::ErrorCode::kUnavailable, "down"};
  asio::cancellation_signal stop;
  int failures = 0;
  auto on_trouble = [&](const std::string& why) {
    EXPECT_EQ(why, "down");
    if (++failures == 2) store_.failure.reset();
  };
  asio::co_spawn(context_, keep_usage_for(400, store_, clock_, on_trouble, std::chrono::milliseconds(1)),
                 asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&) {}));
  while (!store_.rows.empty()) context_.run_one();
  EXPECT_EQ(failures, 2);
  add(401);
  while (!store_.rows.empty()) context_.run_one();
  stop.emit(asio::cancellation_type::terminal);
  context_.run();
}

TEST_F(Retention, SaysNothingOfADeletionThatTheEndOfTheProgramCutOff) {
  asio::cancellation_signal stop;
  int failures = 0;
  store_.on_write = [&, is_first = true]() mutable {
    if (std::exchange(is_first, false)) return;
    store_.failure = base::Error{base::ErrorCode::kCancelled, "cut off"};
    stop.emit(asio::cancellation_type::terminal);
  };
  asio::co_spawn(
      context_,
      keep_usage_for(
          400, store_, clock_, [&failures](const std::string&) { ++failures; }, std::chrono::milliseconds(1)),
      asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&) {}));
  context_.run();
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace tollgate::engine
