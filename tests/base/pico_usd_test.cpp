#include "base/pico_usd.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

TEST(PicoUsd, PrintsTheShortestExactForm) {
  EXPECT_EQ(PicoUsd(54'399'000'000).to_string(), "0.054399");
  EXPECT_EQ(PicoUsd(1).to_string(), "0.000000000001");
  EXPECT_EQ(PicoUsd(5'000'000'000'000).to_string(), "5");
  EXPECT_EQ(PicoUsd(0).to_string(), "0");
  EXPECT_EQ(PicoUsd(-500'000'000'000).to_string(), "-0.5");
  EXPECT_EQ(PicoUsd(INT64_MIN).to_string(), "-9223372.036854775808");
}

TEST(PicoUsd, ReadsWhatItPrints) {
  for (const std::int64_t pico : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{1'063'761'250'000},
                                  std::int64_t{INT64_MAX}, std::int64_t{INT64_MIN}}) {
    EXPECT_EQ(PicoUsd::parse(PicoUsd(pico).to_string()), PicoUsd(pico)) << pico;
  }
}

TEST(PicoUsd, RefusesWhatItCannotHoldExactly) {
  for (const char* text : {"", "$5", "0.0000000000001", "9223373", "five"}) EXPECT_FALSE(PicoUsd::parse(text)) << text;
}

TEST(PicoUsd, ReportsOverflowInsteadOfWrapping) {
  EXPECT_FALSE(add(kMostPicoUsd, PicoUsd(1)));
  EXPECT_FALSE(multiply(PicoUsd(50'000'000), INT64_MAX));
  EXPECT_EQ(multiply(PicoUsd(50'000'000), 2'745), PicoUsd(137'250'000'000));
}

TEST(PicoUsd, LetsATotalStayAtTheBorder) {
  EXPECT_EQ(sum(kMostPicoUsd, PicoUsd(1)), kMostPicoUsd);
  EXPECT_EQ(sum(PicoUsd(INT64_MIN), PicoUsd(-1)), PicoUsd(INT64_MIN));
  EXPECT_EQ(sum(PicoUsd(2), PicoUsd(3)), PicoUsd(5));
}

}  // namespace
}  // namespace tollgate::base
