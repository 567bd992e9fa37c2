#include "base/money.hpp"

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

TEST(Money, DoesNotCompareAcrossCurrencies) {
  EXPECT_TRUE(*Money::parse("EUR 1") < *Money::parse("EUR 2"));
  EXPECT_EQ(*Money::parse("EUR 1") <=> *Money::parse("USD 2"), std::partial_ordering::unordered);
}

}  // namespace
}  // namespace tollgate::base
