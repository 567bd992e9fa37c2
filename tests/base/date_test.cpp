#include "base/date.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"

namespace tollgate::base {
namespace {

TEST(Date, ReadsOnlyDaysThatExist) {
  EXPECT_EQ(Date::parse("2028-02-29")->to_string(), "2028-02-29");
  for (const char* text : {"2027-02-29", "2027-13-01", "2027-1-1", "27-01-01", "2027/01/01", ""}) {
    EXPECT_FALSE(Date::parse(text)) << text;
  }
}

TEST(Timestamp, RoundTripsThroughRfc3339) {
  const auto time = parse_rfc3339("2026-11-23T14:02:00.123Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_rfc3339(*time), "2026-11-23T14:02:00.123Z");
  EXPECT_FALSE(parse_rfc3339("2026-11-23T24:02:00.123Z"));
  EXPECT_FALSE(parse_rfc3339("2026-11-23 14:02:00"));
}

}  // namespace
}  // namespace tollgate::base
