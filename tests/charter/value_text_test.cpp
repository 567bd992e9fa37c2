#include "charter/value_text.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

using base::Value;
using protocol::AnswerKind;
using protocol::AnswerType;
using protocol::EnumDefinition;
using protocol::Type;

std::shared_ptr<const EnumDefinition> ordered(std::vector<std::string> ids) {
  auto definition = std::make_shared<EnumDefinition>();
  std::int64_t weight = 0;
  for (auto& id : ids) definition->values.push_back({id, id, {}, ++weight});
  return definition;
}

TEST(ValueText, WritesUnitsThatTheTypeKnows) {
  EXPECT_EQ(value_text({AnswerKind::kPercent}, Type::of(Type::Kind::kDecimal), Value(40)), "40 %");
  EXPECT_EQ(value_text({AnswerKind::kScale}, Type::of(Type::Kind::kInt), Value(8)), "8 of 10");
  EXPECT_EQ(value_text({AnswerKind::kMoney}, Type::of(Type::Kind::kMoney), *base::Money::parse("EUR 180,000")),
            "EUR 180,000");
}

TEST(ValueText, NamesAFileWithItsHash) {
  const Value file = Value::Record{{"name", "plan.pdf"}, {"sha256", "ab12"}, {"bytes", 2048}};
  EXPECT_EQ(value_text({AnswerKind::kFile}, Type{Type::Kind::kRecord}, file), "plan.pdf, 2048 bytes, SHA-256 ab12");
}

TEST(ValueText, TintsLevelsOfRiskFromGoodToBad) {
  const Type type = Type::enum_of(ordered({"LOW", "MEDIUM", "HIGH", "CRITICAL"}));
  EXPECT_EQ(tone_of_value(type, "LOW"), Tone::kGood);
  EXPECT_EQ(tone_of_value(type, "MEDIUM"), Tone::kCaution);
  EXPECT_EQ(tone_of_value(type, "HIGH"), Tone::kBad);
  EXPECT_EQ(tone_of_value(type, "CRITICAL"), Tone::kBad);
}

TEST(ValueText, LeavesAScaleWhoseDirectionIsUnknownNeutral) {
  const Type type = Type::enum_of(ordered({"absent", "partial", "in_place"}));
  EXPECT_EQ(tone_of_value(type, "absent"), Tone::kNeutral);
  EXPECT_EQ(tone_of_value(type, "in_place"), Tone::kNeutral);
}

}  // namespace
}  // namespace tollgate::charter
