#include "api/rate_limiter.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::api {
namespace {

class SetClock final : public base::Clock {
 public:
  base::Timestamp now() override { return time; }
  base::Timestamp time{std::chrono::milliseconds(1'000'000)};
};

class MemoryRateLimiterTest : public testing::Test {
 protected:
  RateDecision take(const std::string& bucket, std::int64_t per_minute = 3) {
    return fakes::run_coroutine(context_, limiter_.take(bucket, {per_minute}));
  }

  boost::asio::io_context context_{1};
  SetClock clock_;
  MemoryRateLimiter limiter_{clock_, 2};
};

TEST_F(MemoryRateLimiterTest, AllowsAMinutesWorthAtOnceAndThenNoMore) {
  EXPECT_EQ(take("ann").remaining, 2);
  EXPECT_TRUE(take("ann").allowed);
  EXPECT_TRUE(take("ann").allowed);
  const auto refused = take("ann");
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.limit, 3);
  EXPECT_EQ(refused.retry_after, std::chrono::seconds(20));
  EXPECT_EQ(refused.full_again, std::chrono::seconds(60));
}

TEST_F(MemoryRateLimiterTest, FillsUpAgainWithTime) {
  for (int i = 0; i < 4; ++i) take("ann");
  clock_.time += std::chrono::seconds(20);
  EXPECT_TRUE(take("ann").allowed);
  EXPECT_FALSE(take("ann").allowed);
  clock_.time += std::chrono::hours(1);
  EXPECT_EQ(take("ann").remaining, 2);
}

TEST_F(MemoryRateLimiterTest, CountsEachBucketByItself) {
  for (int i = 0; i < 4; ++i) take("ann");
  EXPECT_TRUE(take("bob").allowed);
}

TEST_F(MemoryRateLimiterTest, ForgetsTheBucketUsedLongestAgo) {
  for (int i = 0; i < 4; ++i) take("ann");
  take("bob");
  take("cid");
  EXPECT_EQ(limiter_.size(), 2U);
  EXPECT_TRUE(take("ann").allowed);
}

TEST_F(MemoryRateLimiterTest, SetsNoLimitForZero) {
  EXPECT_TRUE(take("ann", 0).allowed);
  EXPECT_EQ(limiter_.size(), 0U);
}

TEST_F(MemoryRateLimiterTest, BearsAClockThatGoesBack) {
  for (int i = 0; i < 4; ++i) take("ann");
  clock_.time -= std::chrono::hours(1);
  EXPECT_FALSE(take("ann").allowed);
}

}  // namespace
}  // namespace tollgate::api
