#include "base/money.hpp"

#include <array>
#include <utility>

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

TEST(Money, ReadsWhatPeopleWrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"EUR 180,000", "EUR 180,000"},    {"EUR 1.1 M", "EUR 1,100,000"},       {"€15k", "EUR 15,000"},
      {"$3,000.50", "USD 3,000.5"},      {"21 million CHF", "CHF 21,000,000"}, {"GBP -250", "GBP -250"},
      {"1 000 000 EUR", "EUR 1,000,000"}};
  for (const auto& [text, canonical] : cases) {
    const auto money = Money::parse(text);
    ASSERT_TRUE(money) << text;
    EXPECT_EQ(money->to_string(), canonical);
    EXPECT_EQ(Money::parse(money->to_string()), money) << text;
  }
}

TEST(Money, RefusesMissingCurrenciesAndBrokenGroups) {
  for (const char* text : {"", "180000", "EUR", "EUR 1,00", "EUR 12,3456", "euro 5", "EUR five"}) {
    EXPECT_FALSE(Money::parse(text)) << text;
  }
}

TEST(Money, KnowsWhatCanBeReadInTwoWays) {
  const std::array<std::array<const char*, 3>, 6> cases = {{{"EUR 40.000", "EUR 40,000", "EUR 40.00"},
                                                            {"€1.500", "€1,500", "€1.50"},
                                                            {"180.125 CHF", "180,125 CHF", "180.1250 CHF"},
                                                            {" EUR -1.500 ", "EUR -1,500", "EUR -1.50"},
                                                            {"EUR 999.001", "EUR 999,001", "EUR 999.0010"},
                                                            {"EUR 1.500 M", "EUR 1,500 M", "EUR 1.50 M"}}};
  for (const auto& [text, grouped, fractional] : cases) {
    const auto spelled = Money::ambiguity(text);
    ASSERT_TRUE(spelled) << text;
    EXPECT_EQ(spelled->grouped, grouped);
    EXPECT_EQ(spelled->fractional, fractional);
    EXPECT_FALSE(Money::ambiguity(spelled->grouped)) << spelled->grouped;
    EXPECT_FALSE(Money::ambiguity(spelled->fractional)) << spelled->fractional;
    EXPECT_TRUE(*Money::parse(spelled->fractional) < *Money::parse(spelled->grouped) ||
                Money::parse(spelled->fractional)->amount.is_negative());
  }
}

TEST(Money, FindsOneReadingInPlainSpellings) {
  for (const char* text : {"EUR 40,000", "EUR 180,000", "EUR 40.00", "EUR 40.5", "EUR 0.125", "EUR 1234.567",
                           "EUR 1,234.567", "EUR 1.1 M", "EUR 12.3456", "EUR .125", "40.000", "EUR 1.000.000", ""}) {
    EXPECT_FALSE(Money::ambiguity(text)) << text;
  }
}

TEST(Money, PrintsAnAmountWithThreeDecimalsSoThatItHasOneReading) {
  for (const auto& [text, canonical] : {std::pair{"EUR 1.125", "EUR 1.1250"},
                                        {"EUR -40.001", "EUR -40.0010"},
                                        {"EUR 0.125", "EUR 0.125"},
                                        {"EUR 1234.567", "EUR 1,234.567"}}) {
    EXPECT_EQ(Money::parse(text)->to_string(), canonical);
    EXPECT_EQ(Money::parse(canonical), Money::parse(text));
  }
}

TEST(Money, DoesNotCompareAcrossCurrencies) {
  EXPECT_TRUE(*Money::parse("EUR 1") < *Money::parse("EUR 2"));
  EXPECT_EQ(*Money::parse("EUR 1") <=> *Money::parse("USD 2"), std::partial_ordering::unordered);
}

}  // namespace
}  // namespace tollgate::base
