#include "llm/strict_schema.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace tollgate::llm {
namespace {

base::Value json(std::string_view text) {
  return base::parse_json(text).value();
}

TEST(StrictSchema, MovesUnsupportedKeywordsToTheDescriptionAtEveryLevel) {
  const auto strict = to_strict_schema(json(R"({
    "type": "object", "required": ["n", "list"], "properties": {
      "n": {"type": "integer", "minimum": 0, "maximum": 10, "description": "How good."},
      "list": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}}}})"));
  EXPECT_EQ(base::to_json(strict),
            R"({"additionalProperties":false,"properties":{)"
            R"("list":{"description":"Constraints: {\"minItems\":1}","items":{"anyOf":[)"
            R"({"description":"Constraints: {\"maxLength\":5}","type":"string"},{"type":"null"}]},"type":"array"},)"
            R"("n":{"description":"How good.\nConstraints: {\"maximum\":10,\"minimum\":0}","type":"integer"}},)"
            R"("required":["n","list"],"type":"object"})");
}

TEST(StrictSchema, APropertyMayBeNamedLikeAKeyword) {
  const auto schema = json(R"({"additionalProperties":false,"properties":{"minimum":{"type":"string"}}})");
  EXPECT_EQ(to_strict_schema(schema), schema);
}

TEST(StrictSchema, KnowsWhetherEverythingIsRequired) {
  EXPECT_TRUE(requires_everything(json(R"({"required":["a"],"properties":{"a":{"type":"string"}}})")));
  EXPECT_FALSE(requires_everything(json(R"({"required":[],"properties":{"a":{"type":"string"}}})")));
  EXPECT_FALSE(requires_everything(json(R"({"items":{"properties":{"a":{}}}})")));
  EXPECT_FALSE(requires_everything(json(R"({"anyOf":[{"type":"null"},{"properties":{"a":{}}}]})")));
}

}  // namespace
}  // namespace tollgate::llm
