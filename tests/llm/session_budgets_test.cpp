#include "llm/session_budgets.hpp"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::PicoUsd;
using testing::HasSubstr;

PicoUsd usd(std::string_view dollars) {
  return PicoUsd::parse(dollars).value();
}

asio::awaitable<base::Result<PicoUsd>> answer(PicoUsd amount) {
  co_return amount;
}

// Of $1 for each session.
class SessionBudget : public testing::Test {
 protected:
  base::Result<Reservation> reserve(std::string_view estimate, const std::string& session = "s1") {
    return budgets_.reserve(session, usd(estimate), {});
  }
  void look_up(const std::string& session = "s1") {
    ASSERT_TRUE(fakes::run_coroutine(context_, budgets_.look_up(session)));
  }
  void spend(std::string_view amount) {
    auto call = reserve(amount);
    ASSERT_TRUE(call) << call.error().message;
    call->settle(usd(amount));
  }

  asio::io_context context_{1};
  PicoUsd in_store_{};
  SessionBudgets budgets_{usd("1"), [this](const std::string&) { return answer(in_store_); }};
};

TEST_F(SessionBudget, CountsWhatWasSpentBeforeThisProcess) {
  in_store_ = usd("0.7");
  EXPECT_EQ(reserve("0.1").error().code, ErrorCode::kNotFound);
  look_up();
  EXPECT_TRUE(reserve("0.3"));
  EXPECT_EQ(reserve("0.31").error().code, ErrorCode::kOutOfCredit);
}

TEST_F(SessionBudget, SaysWhatWasSpentTheBudgetAndTheSettingToRaise) {
  look_up();
  spend("0.75");
  const auto next = reserve("0.3").error();
  EXPECT_EQ(next.code, ErrorCode::kOutOfCredit);
  EXPECT_THAT(next.message, HasSubstr("session s1 does not cover the next one, which may cost $0.3: $0.75 of $1"));
  EXPECT_THAT(next.message, HasSubstr("raise `session_budget_usd`"));
  spend("0.25");
  EXPECT_THAT(reserve("0.01").error().message, HasSubstr("session s1 is used up: $1 of $1 were spent; raise"));
}

TEST_F(SessionBudget, WhatCallsUnderWayHoldMayBeFreeSoon) {
  look_up();
  auto first = reserve("0.6");
  ASSERT_TRUE(first);
  EXPECT_EQ(reserve("0.6").error().code, ErrorCode::kRateLimited);
  first->settle(usd("0.1"));
  EXPECT_TRUE(reserve("0.6"));
}

TEST_F(SessionBudget, GivesBackWhatWasHeldForACallThatFailed) {
  look_up();
  {
    const auto call = reserve("1");
    ASSERT_TRUE(call);
  }
  EXPECT_TRUE(reserve("1"));
}

TEST_F(SessionBudget, IsOfEachSessionAlone) {
  look_up();
  look_up("s2");
  spend("1");
  EXPECT_FALSE(reserve("0.1"));
  EXPECT_TRUE(reserve("1", "s2"));
}

TEST_F(SessionBudget, CountsOnceWhatTheStoreHasToldByNow) {
  look_up();
  spend("0.4");
  in_store_ = usd("0.4");
  budgets_.note_flushed({{"s1", usd("0.4")}, {"s9", usd("5")}});
  EXPECT_TRUE(reserve("0.6"));
  EXPECT_FALSE(reserve("0.61"));
}

TEST_F(SessionBudget, ForgetsSessionsThatDoNothingAndLooksThemUpAnew) {
  look_up();
  spend("0.4");
  budgets_.note_flushed({});
  budgets_.note_flushed({});
  EXPECT_EQ(budgets_.known(), 1U);  // the store does not have it yet
  budgets_.note_flushed({{"s1", usd("0.4")}});
  EXPECT_EQ(budgets_.known(), 0U);
  in_store_ = usd("0.9");  // another process went on
  look_up();
  EXPECT_FALSE(reserve("0.2"));
}

TEST_F(SessionBudget, KeepsASessionWithACallUnderWay) {
  look_up();
  const auto call = reserve("0.9");
  for (int i = 0; i < 3; ++i) budgets_.note_flushed({});
  EXPECT_EQ(reserve("0.2").error().code, ErrorCode::kRateLimited);
}

TEST_F(SessionBudget, AFreeModelIsAdmittedWhateverWasSpent) {
  in_store_ = usd("1.1");
  look_up();
  EXPECT_TRUE(reserve("0"));
}

TEST_F(SessionBudget, CallsOfManyThreadsDoNotPassItTogether) {
  look_up();
  std::atomic<int> admitted = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 100; ++call) {
          auto held = reserve("0.01");
          if (!held) continue;
          held->settle(usd("0.01"));
          ++admitted;
        }
      });
    }
  }
  EXPECT_EQ(admitted, 100);
}

}  // namespace
}  // namespace tollgate::llm
