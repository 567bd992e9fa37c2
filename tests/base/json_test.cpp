#include "base/json.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

std::string canonical(std::string_view text) {
  const auto value = parse_json(text);
  EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
  return value ? to_json(*value) : "";
}

TEST(Json, WritesKeysSortedAndNumbersExactly) {
  EXPECT_EQ(canonical(R"( {"b": [1, 2.50, -0.1e1, true, null], "a": "x\u00e9\n"} )"),
            "{\"a\":\"xé\\n\",\"b\":[1,2.5,-1,true,null]}");
  EXPECT_EQ(canonical("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827");
}

TEST(Json, RefusesBrokenTextWithItsPlace) {
  const auto broken = parse_json(R"({"a": 1,})");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(broken.error().message.find("byte 8"), std::string::npos) << broken.error().message;
}

TEST(Json, RefusesDuplicateKeysDeepNestingHugeNumbersAndBadUtf8) {
  EXPECT_NE(parse_json(R"({"a":1,"a":2})").error().message.find("occurs twice"), std::string::npos);
  EXPECT_FALSE(parse_json(std::string(65, '[') + std::string(65, ']')));
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(parse_json("1e400"));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json("1 2"));
  EXPECT_FALSE(parse_json(""));
}

TEST(Json, RefusesTextOverTheLimit) {
  EXPECT_EQ(parse_json("[1,2,3]", 4).error().code, ErrorCode::kTooLarge);
}

TEST(Json, PrettyTextParsesToTheSameValue) {
  const auto value = *parse_json(R"({"a":[],"b":{"c":[1,{"d":"\u0001"}]}})");
  EXPECT_EQ(*parse_json(to_pretty_json(value)), value);
}

TEST(Json, WritesDomainValuesAsText) {
  const Value value = Value::Record{{"when", *Date::parse("2027-01-31")},
                                    {"budget", *Money::parse("EUR 180k")},
                                    {"window", *Duration::parse("14 days")}};
  EXPECT_EQ(to_json(value), R"({"budget":"EUR 180,000","when":"2027-01-31","window":"14d"})");
}

}  // namespace
}  // namespace tollgate::base
