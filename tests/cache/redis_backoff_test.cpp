#include "cache/redis_backoff.hpp"

#include <gtest/gtest.h>

namespace tollgate::cache {
namespace {

using std::chrono::milliseconds;

class SetRandom final : public base::Random {
 public:
  void fill(std::uint8_t* bytes, std::size_t size) override { std::fill_n(bytes, size, value); }
  std::uint8_t value = 0;
};

class RedisBackoffTest : public testing::Test {
 protected:
  SetRandom random_;
  RedisBackoff backoff_{random_, milliseconds(1'000), milliseconds(30'000)};
};

TEST_F(RedisBackoffTest, DoublesUpToTheLongest) {
  for (const int expected : {1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000}) {
    EXPECT_EQ(backoff_.next(milliseconds(0)), milliseconds(expected));
  }
}

TEST_F(RedisBackoffTest, IsUpToAQuarterShorterByChance) {
  random_.value = 255;
  const auto pause = backoff_.next(milliseconds(0));
  EXPECT_GE(pause, milliseconds(750));
  EXPECT_LT(pause, milliseconds(760));
}

TEST_F(RedisBackoffTest, BeginsAnewAfterAConnectionThatHeldButNotAfterOneThatDidNot) {
  for (int i = 0; i < 3; ++i) (void)backoff_.next(milliseconds(0));
  EXPECT_EQ(backoff_.next(milliseconds(100)), milliseconds(8'000));
  EXPECT_EQ(backoff_.next(milliseconds(30'001)), milliseconds(1'000));
}

}  // namespace
}  // namespace tollgate::cache
