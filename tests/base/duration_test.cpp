#include "base/duration.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

TEST(Duration, ReadsWhatPeopleWrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"14 days", "14d"},         {"1h30m", "1h30m"}, {"1.5 hours", "1h30m"}, {"90 min", "1h30m"}, {"9 months", "270d"},
      {"2 weeks, 3 days", "17d"}, {"250ms", "250ms"}, {"1 year", "365d"},     {"5 s", "5s"},       {"3 Min", "3m"}};
  for (const auto& [text, canonical] : cases) {
    const auto duration = Duration::parse(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration->to_string(), canonical) << text;
    EXPECT_EQ(Duration::parse(duration->to_string()), duration) << text;
  }
}

TEST(Duration, RefusesWhatHasNoUnit) {
  for (const char* text : {"", "14", "days", "about 3 days", "3 parsecs", "1e9 days", "99999999 years", "mss"}) {
    EXPECT_FALSE(Duration::parse(text)) << text;
  }
}

TEST(Duration, SpeaksInWords) {
  EXPECT_EQ(Duration::parse("36h")->to_words(), "1 day 12 hours");
  EXPECT_EQ(Duration().to_words(), "0 seconds");
  EXPECT_EQ(Duration::parse("30 days")->to_words(), "30 days");
  EXPECT_EQ(Duration::parse("14 months")->to_words(), "420 days (14 months)");
  EXPECT_EQ(Duration::parse("1 year")->to_words(), "365 days (1 year)");
  EXPECT_EQ(Duration::parse("61 days")->to_words(), "61 days");
}

}  // namespace
}  // namespace tollgate::base
