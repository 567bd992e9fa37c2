#include "protocol/type.hpp"

#include <gtest/gtest.h>

#include "protocol/operators.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

TEST(Type, IsTheSameWhenItsPartsAre) {
  const auto copied = std::make_shared<const EnumDefinition>(*level_enum());
  EXPECT_TRUE(same_type(Type::enum_of(level_enum()), Type::enum_of(copied)));
  EXPECT_FALSE(same_type(Type::enum_of(level_enum()), Type::enum_of(principle_enum())));
  EXPECT_TRUE(same_type(Type::list_of(Type::of(Kind::kInt)), Type::list_of(Type::of(Kind::kInt))));
  EXPECT_FALSE(same_type(Type::list_of(Type::of(Kind::kInt)), Type::list_of(Type::of(Kind::kDecimal))));
  EXPECT_FALSE(same_type(Type::of(Kind::kInt), Type::of(Kind::kDecimal)));
  const auto record = std::make_shared<const RecordType>(*feature_record());
  EXPECT_TRUE(same_type(Type::record_of(feature_record()), Type::record_of(record)));
  EXPECT_FALSE(same_type(Type::record_of(feature_record()), Type::record_of(file_record())));
}

TEST(Type, PromotesOnlyWhereNothingIsLost) {
  const auto whole = Type::of(Kind::kInt);
  const auto decimal = Type::of(Kind::kDecimal);
  EXPECT_TRUE(is_assignable(whole, decimal));
  EXPECT_FALSE(is_assignable(decimal, whole));
  EXPECT_TRUE(is_assignable(Type::list_of(whole), Type::list_of(decimal)));
  EXPECT_FALSE(is_assignable(Type::enum_of(level_enum()), Type::of(Kind::kString)));
  EXPECT_FALSE(is_assignable(Type::of(Kind::kString), Type::enum_of(level_enum())));
}

TEST(Type, LetsARecordStandForOneThatDemandsLess) {
  const auto row = Type::record_of(feature_record());
  RecordType partial{"",
                     {{"name", Type::of(Kind::kString)},
                      {"source", Type::of(Kind::kString)},
                      {"in_production", Type::of(Kind::kBool)}}};
  EXPECT_TRUE(is_assignable(Type::record_of(std::make_shared<const RecordType>(partial)), row));
  partial.members.pop_back();
  EXPECT_FALSE(is_assignable(Type::record_of(std::make_shared<const RecordType>(partial)), row));
  partial.members.push_back({"in_production", Type::of(Kind::kBool), true});
  EXPECT_FALSE(is_assignable(Type::record_of(std::make_shared<const RecordType>(partial)), row));
}

TEST(Type, NamesItselfInMessages) {
  EXPECT_EQ(Type::list_of(Type::record_of(feature_record())).to_string(), "list<record feature>");
  EXPECT_EQ(Type::map_of(principle_enum(), Type::enum_of(level_enum())).to_string(), "map<principle, enum level>");
}

}  // namespace
}  // namespace tollgate::protocol
