#include "llm/router/breaker.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using namespace std::chrono_literals;
using Outcome = Breaker::Outcome;
using State = Breaker::State;

class BreakerTest : public testing::Test {
 protected:
  void call(Outcome outcome) {
    const auto permit = breaker_.try_begin(now_);
    ASSERT_TRUE(permit);
    breaker_.ended(*permit, outcome, now_);
  }
  void fail_until_open() {
    for (int i = 0; i < 5; ++i) call(Outcome::kFailure);
    ASSERT_EQ(breaker_.state(now_), State::kOpen);
  }

  Breaker::Time now_{100s};
  Breaker breaker_{BreakerConfig{}};
};

TEST_F(BreakerTest, OpensAfterFailuresInARow) {
  for (int i = 0; i < 4; ++i) call(Outcome::kFailure);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  call(Outcome::kFailure);
  EXPECT_FALSE(breaker_.try_begin(now_));
}

TEST_F(BreakerTest, OpensWhenHalfOfTheLastTenSecondsFailed) {
  for (int i = 0; i < 9; ++i) call(i % 2 == 0 ? Outcome::kFailure : Outcome::kSuccess);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);  // nine say nothing yet
  call(Outcome::kFailure);
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
}

TEST_F(BreakerTest, ForgetsWhatIsOlderThanTheWindow) {
  for (int i = 0; i < 8; ++i) call(i % 2 == 0 ? Outcome::kFailure : Outcome::kSuccess);
  now_ += 11s;
  for (int i = 0; i < 4; ++i) call(Outcome::kFailure);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

TEST_F(BreakerTest, LetsExactlyOneOfAHundredProbe) {
  fail_until_open();
  now_ += 5s;
  std::atomic<int> allowed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i) {
      threads.emplace_back([&] {
        if (breaker_.try_begin(now_)) ++allowed;
      });
    }
  }
  EXPECT_EQ(allowed, 1);
}

TEST_F(BreakerTest, ASuccessfulProbeClosesIt) {
  fail_until_open();
  now_ += 5s;
  call(Outcome::kSuccess);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

TEST_F(BreakerTest, AFailedProbeKeepsItOpenForTwiceAsLong) {
  fail_until_open();
  now_ += 5s;
  call(Outcome::kFailure);
  now_ += 9s;
  EXPECT_FALSE(breaker_.would_allow(now_));
  now_ += 1s;
  EXPECT_TRUE(breaker_.would_allow(now_));
}

TEST_F(BreakerTest, AProbeThatWasCancelledLetsAnotherOneTry) {
  fail_until_open();
  now_ += 5s;
  call(Outcome::kUnknown);
  EXPECT_TRUE(breaker_.would_allow(now_));
}

TEST_F(BreakerTest, TakesNewSettingsAndKeepsItsState) {
  for (int i = 0; i < 3; ++i) call(Outcome::kFailure);
  breaker_.configure({.failures_in_a_row = 4, .open_for = 1s});
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  call(Outcome::kFailure);
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
  EXPECT_EQ(breaker_.opens_again_at(), now_ + 1s);
  breaker_.configure({});
  EXPECT_FALSE(breaker_.try_begin(now_));
  EXPECT_EQ(breaker_.opens_again_at(), now_ + 1s);
}

TEST_F(BreakerTest, StaysOpenNoLongerThanNewSettingsWouldHaveIt) {
  fail_until_open();
  breaker_.configure({.open_for = 1s, .max_open_for = 2s});
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
  EXPECT_EQ(breaker_.opens_again_at(), now_ + 2s);
}

TEST_F(BreakerTest, ResetItForgetsAlsoTheCallsUnderWay) {
  const auto before = breaker_.try_begin(now_);
  fail_until_open();
  now_ += 5s;
  const auto probe = breaker_.try_begin(now_);
  ASSERT_TRUE(before && probe);
  breaker_.reset();
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  breaker_.ended(*probe, Outcome::kFailure, now_);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  for (int i = 0; i < 4; ++i) call(Outcome::kFailure);
  breaker_.ended(*before, Outcome::kFailure, now_);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  call(Outcome::kFailure);
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
}

}  // namespace
}  // namespace tollgate::llm
