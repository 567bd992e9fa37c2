#include "llm/budget.hpp"

#include <atomic>
#include <barrier>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cache/set_clock.hpp"

namespace tollgate::llm {
namespace {

using base::PicoUsd;
using testing::HasSubstr;

PicoUsd usd(std::string_view dollars) {
  return PicoUsd::parse(dollars).value();
}

class Budget : public testing::Test {
 protected:
  static base::Timestamp at(std::string_view time) { return base::parse_rfc3339(time).value(); }
  static cache::SetClock set_to(std::string_view time) {
    cache::SetClock clock;
    clock.time = at(time);
    return clock;
  }
  base::Date today() { return base::Date(std::chrono::floor<std::chrono::days>(clock_.now())); }
  base::Result<Reservation> reserve(std::string_view estimate, std::string_view limit = "1") {
    return budgets_.reserve("key tg_1", usd(limit), usd(estimate));
  }
  std::string spent() { return budgets_.today("key tg_1").spent.to_string(); }
  std::string held() { return budgets_.today("key tg_1").held.to_string(); }

  cache::SetClock clock_ = set_to("2026-11-01T22:30:00.000Z");
  Budgets budgets_{clock_};
};

TEST_F(Budget, HoldsBackWhatACallMayCostUntilItIsSettled) {
  auto call = reserve("0.6");
  ASSERT_TRUE(call);
  EXPECT_EQ(held(), "0.6");
  EXPECT_FALSE(reserve("0.5"));
  call->settle(usd("0.2"));
  EXPECT_EQ(held(), "0");
  EXPECT_EQ(spent(), "0.2");
  EXPECT_TRUE(reserve("0.8"));
}

TEST_F(Budget, GivesBackWhatWasHeldForACallThatFailed) {
  {
    const auto call = reserve("1");
    ASSERT_TRUE(call);
    EXPECT_FALSE(reserve("0.01"));
  }
  EXPECT_EQ(spent(), "0");
  EXPECT_TRUE(reserve("1"));
}

TEST_F(Budget, GivesBackOnceAfterAMove) {
  auto call = reserve("0.4");
  {
    const Reservation moved = *std::move(call);
    EXPECT_EQ(held(), "0.4");
  }
  EXPECT_EQ(held(), "0");
}

TEST_F(Budget, CountsEveryPartOfACallButHoldsItOnce) {
  {
    auto call = reserve("0.4");
    call->settle(usd("0.3"));
    call->settle(usd("0.1"));
  }
  EXPECT_EQ(spent(), "0.4");
  EXPECT_EQ(held(), "0");
}

TEST_F(Budget, SaysWhatIsUsedAndWhenItBeginsAnew) {
  budgets_.spend("key tg_1", today(), usd("1.05"));
  const auto refused = reserve("0.01");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kRateLimited);
  EXPECT_EQ(refused.error().message,
            "the budget of the key tg_1 for today is used up: $1.05 of $1; it begins anew at 00:00 UTC");
  EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(90));
}

TEST_F(Budget, TellsATooDearCallFromOneThatMayFitSoon) {
  const auto held = reserve("0.5");
  const auto waits = reserve("0.6");
  ASSERT_FALSE(waits);
  EXPECT_THAT(waits.error().message, HasSubstr("may cost $0.6: $0 of $1 is used and $0.5 is held"));
  EXPECT_EQ(waits.error().retry_after, std::chrono::seconds(1));
  EXPECT_EQ(reserve("1.5").error().retry_after, std::chrono::minutes(90));
}

TEST_F(Budget, AlwaysAdmitsWhatCostsNothing) {
  budgets_.spend("key tg_1", today(), usd("2"));
  EXPECT_TRUE(reserve("0"));
}

TEST_F(Budget, BeginsAnewAtMidnightUtc) {
  auto late = reserve("0.4");
  budgets_.spend("key tg_1", today(), usd("0.6"));
  EXPECT_FALSE(reserve("0.1"));
  clock_.time = at("2026-11-02T00:00:00.000Z");
  EXPECT_EQ(spent(), "0");
  const auto next = reserve("1");
  EXPECT_TRUE(next);
  late->settle(usd("0.9"));  // belongs to the day before
  EXPECT_EQ(spent(), "0");
  EXPECT_EQ(held(), "1");
  budgets_.spend("key tg_1", base::Date::parse("2026-11-01").value(), usd("5"));
  EXPECT_EQ(spent(), "0");
}

TEST_F(Budget, StaysWithItsDayWhenTheClockIsSetBack) {
  clock_.time = at("2026-11-02T00:00:01.000Z");
  budgets_.spend("key tg_1", today(), usd("1"));
  clock_.time = at("2026-11-01T23:59:59.000Z");
  EXPECT_FALSE(reserve("0.5"));
}

// What was counted here and is in the store as well counts once, whichever of the two comes first.
TEST_F(Budget, AddsWhatOthersSpentWithoutCountingItsOwnTwice) {
  auto call = reserve("0.3");
  call->settle(usd("0.2"));
  budgets_.note_stored(today(), {{"key tg_1", usd("0.7")}}, {{"key tg_1", usd("0.2")}});
  EXPECT_EQ(spent(), "0.7");
  auto early = reserve("0.3");
  budgets_.note_stored(today(), {{"key tg_1", usd("0.8")}}, {{"key tg_1", usd("0.1")}});
  EXPECT_EQ(spent(), "0.7");
  early->settle(usd("0.1"));
  EXPECT_EQ(spent(), "0.8");
  budgets_.note_stored(base::Date::parse("2026-10-31").value(), {{"key tg_1", usd("9")}}, {});
  EXPECT_EQ(spent(), "0.8");
}

TEST_F(Budget, KeepsEachNameApart) {
  budgets_.spend("key tg_2", today(), usd("1"));
  EXPECT_TRUE(reserve("1"));
}

// 100 at once, each of which may cost 0.03 and costs what it was thought to, or a little more.
TEST_F(Budget, IsNeverPassedByCallsAtTheSameTime) {
  constexpr int kCalls = 100;
  const auto estimate = usd("0.03");
  const auto actual = usd("0.031");
  std::barrier all_admitted(kCalls);
  std::barrier start(kCalls);
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCalls; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      auto call = budgets_.reserve("key tg_1", usd("1"), estimate);
      all_admitted.arrive_and_wait();
      if (!call) return;
      ++admitted;
      call->settle(actual);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 33);  // 33 × 0.03 fits, 34 × 0.03 does not
  EXPECT_EQ(spent(), "1.023");
}

TEST_F(Budget, RefusesNothingThatFitsOnceCallsAreSettled) {
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      for (;;) {  // a call in front of a budget that others hold is made again
        auto call = budgets_.reserve("key tg_1", usd("1"), usd("0.05"));
        if (call) {
          call->settle(usd("0.01"));
          ++admitted;
          return;
        }
        if (budgets_.today("key tg_1").spent >= usd("0.96")) return;
        std::this_thread::yield();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 96);  // up to 0.96, after which 0.05 does not fit any more
  EXPECT_EQ(held(), "0");
}

}  // namespace
}  // namespace tollgate::llm
