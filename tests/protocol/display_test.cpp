#include <gtest/gtest.h>

#include "protocol/expression.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;
using Kind = Type::Kind;

TEST(Display, PrintsScalarsAsAReaderExpects) {
  EXPECT_EQ(to_display(true, Type::of(Kind::kBool)), "yes");
  EXPECT_EQ(to_display(false, Type::of(Kind::kBool)), "no");
  EXPECT_EQ(to_display(*base::Decimal::parse("0.450"), Type::of(Kind::kDecimal)), "0.45");
  EXPECT_EQ(to_display(*base::Duration::parse("14d"), Type::of(Kind::kDuration)), "14 days");
  EXPECT_EQ(to_display(*base::Money::parse("180k EUR"), Type::of(Kind::kMoney)), "EUR 180,000");
  EXPECT_EQ(to_display(*base::Date::parse("2027-01-31"), Type::of(Kind::kDate)), "2027-01-31");
  EXPECT_EQ(to_display("HIGH", Type::enum_of(level_enum())), "High");
  EXPECT_EQ(to_display("gone", Type::enum_of(level_enum())), "gone");
  EXPECT_EQ(to_display("HIGH", Type::of(Kind::kString)), "HIGH");
  EXPECT_EQ(to_display({}, Type::of(Kind::kString)), "(unanswered)");
}

TEST(Display, JoinsListsRecordsAndMaps) {
  const auto level = Type::enum_of(level_enum());
  EXPECT_EQ(to_display(Value::List{"LOW", "HIGH"}, Type::list_of(level)), "Low, High");
  EXPECT_EQ(to_display(Value::List{}, Type::list_of(level)), "none");
  EXPECT_EQ(to_display(Value::Record{{"safety", "LOW"}, {"fairness", "HIGH"}}, Type::map_of(principle_enum(), level)),
            "Fairness: High, Safety: Low");
  const Value row = Value::Record{{"name", "age"}, {"level", "HIGH"}, {"latency", nullptr}};
  EXPECT_EQ(to_display(row, Type::record_of(feature_record())), "name: age, level: High");
  EXPECT_EQ(to_display(Value::List{row, row}, Type::list_of(Type::record_of(feature_record()))),
            "name: age, level: High; name: age, level: High");
  const Value file = Value::Record{{"name", "plan.pdf"}, {"sha256", "00"}, {"bytes", 3}};
  EXPECT_EQ(to_display(file, Type::record_of(file_record())), "plan.pdf");
}

TEST(Display, SurvivesAValueOfAnotherKind) {
  const auto level = Type::enum_of(level_enum());
  EXPECT_EQ(to_display(Value::List{1}, level), "1");
  EXPECT_EQ(to_display(Value::Record{{"a", 1}}, level), "");
  EXPECT_EQ(to_display(3, Type::list_of(level)), "3");
}

}  // namespace
}  // namespace tollgate::protocol
