#include "base/json_schema.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace tollgate::base {
namespace {

// "" when the value fits, else the message.
std::string verdict(std::string_view value, std::string_view schema) {
  const auto status = validate(parse_json(value).value(), parse_json(schema).value());
  return status ? "" : status.error().message;
}

constexpr std::string_view kAssessment = R"({
  "type": "object", "additionalProperties": false, "required": ["score", "issues"],
  "properties": {
    "score": {"type": "integer", "minimum": 0, "maximum": 10},
    "issues": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "minLength": 2, "maxLength": 4}},
    "level": {"enum": ["low", "high", null]},
    "a/b~c": {"type": ["number", "null"]}
  }})";

TEST(JsonSchema, AcceptsWhatFits) {
  EXPECT_EQ(verdict(R"({"score": 10, "issues": ["no", "éééé"], "level": null, "a/b~c": 0.5})", kAssessment), "");
}

TEST(JsonSchema, NamesThePlaceAndTheComplaint) {
  EXPECT_EQ(verdict(R"([])", kAssessment), "the value: is of type array, must be object");
  EXPECT_EQ(verdict(R"({"issues": ["ok"]})", kAssessment), "the value: lacks the member \"score\"");
  EXPECT_EQ(verdict(R"({"score": 11, "issues": ["ok"]})", kAssessment), "/score: 11 is more than the maximum 10");
  EXPECT_EQ(verdict(R"({"score": -1, "issues": ["ok"]})", kAssessment), "/score: -1 is less than the minimum 0");
  EXPECT_EQ(verdict(R"({"score": 7.5, "issues": ["ok"]})", kAssessment), "/score: is of type number, must be integer");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": []})", kAssessment), "/issues: has 0 items, needs at least 1");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["ok", "ok", "ok"]})", kAssessment),
            "/issues: has 3 items, may have at most 2");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["ok", "éééée"]})", kAssessment),
            "/issues/1: has 5 characters, may have at most 4");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["é"]})", kAssessment), "/issues/0: has 1 characters, needs at least 2");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["ok"], "level": "mid"})", kAssessment),
            "/level: is none of [\"low\",\"high\",null]");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["ok"], "more": 1})", kAssessment),
            "/more: is not a member the schema knows");
  EXPECT_EQ(verdict(R"({"score": 1, "issues": ["ok"], "a/b~c": "x"})", kAssessment),
            "/a~1b~0c: is of type string, must be one of [\"number\",\"null\"]");
}

TEST(JsonSchema, AWholeNumberIsAnIntegerHoweverWritten) {
  EXPECT_EQ(verdict("7.0", R"({"type": "integer"})"), "");
  EXPECT_EQ(verdict("7", R"({"type": "number"})"), "");
}

TEST(JsonSchema, AnyOfNeedsOneAlternative) {
  constexpr std::string_view schema = R"({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]})";
  EXPECT_EQ(verdict("\"x\"", schema), "");
  EXPECT_EQ(verdict("3", schema), "");
  EXPECT_EQ(verdict("2", schema),
            "the value: fits none of 2 alternatives (the first: the value: is of type integer, must be string)");
}

TEST(JsonSchema, ConstAndBooleanSchemas) {
  EXPECT_EQ(verdict("1", R"({"const": 1})"), "");
  EXPECT_EQ(verdict("2", R"({"const": 1})"), "the value: is not 1");
  EXPECT_EQ(verdict("2", "true"), "");
  EXPECT_EQ(verdict("2", "false"), "the value: is not allowed here");
}

TEST(JsonSchema, AnOpenObjectTakesFurtherMembers) {
  EXPECT_EQ(verdict(R"({"x": 1})", R"({"type": "object", "properties": {}})"), "");
}

TEST(JsonSchema, CheckSchemaNamesKeywordsThatWouldBeIgnored) {
  const auto check = [](std::string_view schema) {
    const auto status = check_schema(parse_json(schema).value());
    return status ? "" : status.error().message;
  };
  EXPECT_EQ(check(kAssessment), "");
  EXPECT_EQ(check(R"({"type": "string", "format": "date", "x-tollgate-example": "2026-01-01"})"), "");
  EXPECT_EQ(check(R"({"properties": {"a": {"items": {"oneOf": []}}}})"),
            "/properties/a/items: the keyword \"oneOf\" is not supported");
  EXPECT_EQ(check(R"({"anyOf": [{}, {"$ref": "#"}]})"), "/anyOf/1: the keyword \"$ref\" is not supported");
  EXPECT_EQ(check(R"({"additionalProperties": {}})"), "the value: additionalProperties must be true or false");
}

}  // namespace
}  // namespace tollgate::base
