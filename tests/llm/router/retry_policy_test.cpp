#include "llm/router/retry_policy.hpp"

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;

TEST(RetryPolicy, WrongRequestsAndSpentCreditAreNotSentAgain) {
  EXPECT_EQ(after_failure({ErrorCode::kInvalidArgument}), AfterFailure::kGiveUp);
  EXPECT_EQ(after_failure({ErrorCode::kUnauthenticated}), AfterFailure::kNextTarget);
  EXPECT_EQ(after_failure({ErrorCode::kOutOfCredit}), AfterFailure::kNextTarget);
  EXPECT_EQ(after_failure({ErrorCode::kTooLarge}), AfterFailure::kNextTarget);
  EXPECT_EQ(after_failure({ErrorCode::kRateLimited}), AfterFailure::kRetry);
  EXPECT_EQ(after_failure({ErrorCode::kUnavailable}), AfterFailure::kRetry);
}

TEST(RetryPolicy, ThePauseIsAnythingUpToADoublingBound) {
  const RetryConfig config{.first_backoff = milliseconds(100), .max_backoff = milliseconds(1'000)};
  EXPECT_EQ(backoff(config, 1, {}, 0), milliseconds(0));
  EXPECT_EQ(backoff(config, 1, {}, 0.5), milliseconds(50));
  EXPECT_EQ(backoff(config, 3, {}, 0.5), milliseconds(200));
  EXPECT_EQ(backoff(config, 60, {}, 0.5), milliseconds(500));
}

TEST(RetryPolicy, WaitsAsLongAsItIsAskedButNotForEver) {
  const RetryConfig config{.first_backoff = milliseconds(100), .max_retry_after = milliseconds(5'000)};
  base::Error busy{ErrorCode::kRateLimited};
  busy.retry_after = milliseconds(2'000);
  EXPECT_GE(backoff(config, 1, busy, 0.9), milliseconds(2'000));
  busy.retry_after = milliseconds(5'001);
  EXPECT_EQ(backoff(config, 1, busy, 0.9), std::nullopt);
}

TEST(RetryPolicy, APromptThatIsTooLongTellsNothingOfTheProvidersHealth) {
  EXPECT_FALSE(is_fault_of_provider({ErrorCode::kTooLarge}));
  EXPECT_TRUE(is_fault_of_provider({ErrorCode::kTimeout}));
}

TEST(RetryPolicy, WhileOthersAreLeftNobodyWaitsForOneThatIsSilent) {
  const RetryConfig config{.first_backoff = milliseconds(100)};
  EXPECT_FALSE(is_worth_another_try(config, {ErrorCode::kTimeout}));
  EXPECT_TRUE(is_worth_another_try(config, {ErrorCode::kUnavailable}));
  base::Error busy{ErrorCode::kRateLimited};
  busy.retry_after = milliseconds(101);
  EXPECT_FALSE(is_worth_another_try(config, busy));
}

TEST(RetryPolicy, AWholeReplyLeavesTimeToTheModelsAfterIt) {
  const std::chrono::steady_clock::time_point now{};
  const auto deadline = now + milliseconds(1'000);
  EXPECT_EQ(whole_reply_deadline({}, now, deadline, false), now + milliseconds(500));
  EXPECT_EQ(whole_reply_deadline({}, now, deadline, true), deadline);
  const RetryConfig limited{.whole_reply_timeout = milliseconds(200)};
  EXPECT_EQ(whole_reply_deadline(limited, now, deadline, true), now + milliseconds(200));
}

TEST(RetryPolicy, RetriesStayAShareOfTheTraffic) {
  RetryBudget budget({.budget_share = 0.2, .budget_reserve = 10});
  int retries = 0;
  for (int request = 0; request < 1'000; ++request) {
    budget.on_request();
    if (budget.take_retry()) ++retries;
  }
  EXPECT_GE(retries, 200);
  EXPECT_LE(retries, 210);
}

TEST(RetryBudget, TakesNewSettingsAndKeepsWhatIsLeft) {
  RetryBudget budget({.budget_share = 0, .budget_reserve = 2});
  EXPECT_TRUE(budget.take_retry());
  budget.configure({.budget_share = 0.5, .budget_reserve = 20});
  EXPECT_TRUE(budget.take_retry());
  EXPECT_FALSE(budget.take_retry());
  for (int i = 0; i < 2; ++i) budget.on_request();
  EXPECT_TRUE(budget.take_retry());
  EXPECT_FALSE(budget.take_retry());
}

}  // namespace
}  // namespace tollgate::llm
