#include "base/decimal.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

Decimal d(const char* text) {
  const auto value = Decimal::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Decimal());
}

TEST(Decimal, PrintsTheShortestExactForm) {
  EXPECT_EQ(d("0.450").to_string(), "0.45");
  EXPECT_EQ(d("-12.00").to_string(), "-12");
  EXPECT_EQ(d("1e3").to_string(), "1000");
  EXPECT_EQ(d("25E-4").to_string(), "0.0025");
  EXPECT_EQ(d("-0").to_string(), "0");
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLong) {
  for (const char* text :
       {"", ".", "1.", ".5", "1..2", "abc", "1e", "1e9999", "--1", "0x10", "1234567890123456789012345678901234567"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(Decimal, AddsWithoutDrift) {
  EXPECT_EQ(add(d("0.1"), d("0.2")), d("0.3"));
}

TEST(Decimal, MultipliesRiskScoresExactly) {
  const Decimal effect = *subtract(Decimal(1), *add(d("0.25"), d("0.20")));
  EXPECT_EQ(multiply(Decimal(12), effect), d("6.6"));
}

TEST(Decimal, ReportsOverflowInsteadOfWrapping) {
  const Decimal big = d("99999999999999999999");
  EXPECT_FALSE(multiply(big, big));
}

TEST(Decimal, DividesHalfToEvenAfterEighteenDigits) {
  EXPECT_EQ(divide(Decimal(1), Decimal(8)), d("0.125"));
  EXPECT_EQ(divide(Decimal(2), Decimal(3)), d("0.666666666666666667"));
  EXPECT_EQ(divide(Decimal(-2), Decimal(3)), d("-0.666666666666666667"));
  EXPECT_EQ(divide(d("0.0000001"), Decimal(100)), d("0.000000001"));
  EXPECT_EQ(divide(Decimal(6), d("0.002")), Decimal(3000));
  EXPECT_FALSE(divide(Decimal(1), Decimal(0)));
}

TEST(Decimal, ComparesAcrossScales) {
  EXPECT_LT(d("5.9999999999"), Decimal(6));
  EXPECT_GT(d("-1.5"), Decimal(-2));
  EXPECT_LT(d("-0.5"), d("0.25"));
  EXPECT_EQ(d("6.0"), Decimal(6));
}

TEST(Decimal, RoundsHalfToEven) {
  EXPECT_EQ(d("4.325").rounded(2), d("4.32"));
  EXPECT_EQ(d("4.335").rounded(2), d("4.34"));
  EXPECT_EQ(d("-2.5").rounded(0), Decimal(-2));
}

TEST(Decimal, TellsWholeNumbersApart) {
  EXPECT_EQ(d("9.0").to_int64(), 9);
  EXPECT_FALSE(d("9.5").to_int64());
  EXPECT_FALSE(d("9223372036854775808").to_int64());
}

}  // namespace
}  // namespace tollgate::base
