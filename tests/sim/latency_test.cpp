#include "sim/latency.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::sim {
namespace {

std::vector<double> samples_of(std::string_view text) {
  const auto latency = Latency::parse(text).value();
  SeededRandom random(1);
  std::vector<double> milliseconds;
  for (int i = 0; i < 10'001; ++i) {
    milliseconds.push_back(static_cast<double>(latency.sample(random).count()) / 1000);
  }
  std::ranges::sort(milliseconds);
  return milliseconds;
}

TEST(Latency, FixedIsAlwaysTheSame) {
  const auto samples = samples_of("fixed:2.5");
  EXPECT_EQ(samples.front(), 2.5);
  EXPECT_EQ(samples.back(), 2.5);
}

TEST(Latency, UniformFillsItsRange) {
  const auto samples = samples_of("uniform:10,20");
  EXPECT_GE(samples.front(), 10);
  EXPECT_LE(samples.back(), 20);
  EXPECT_NEAR(samples[5000], 15, 0.3);
}

TEST(Latency, LognormalHasItsMedianAndALongTail) {
  const auto samples = samples_of("lognormal:400,0.5");
  EXPECT_NEAR(samples[5000], 400, 10);
  EXPECT_NEAR(samples[8413], 400 * 1.6487, 30);  // one sigma above
}

TEST(Latency, RefusesOtherText) {
  for (const auto* text : {"", "400", "fixed", "fixed:", "fixed:x", "fixed:-1", "fixed:1,2", "uniform:2,1", "uniform:1",
                           "lognormal:400", "normal:1,2", "fixed:1e99", "fixed:nan"}) {
    EXPECT_FALSE(Latency::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace tollgate::sim
