#include "llm/reply_json.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace tollgate::llm {
namespace {

std::string found_in(std::string_view reply) {
  const auto value = extract_json(reply);
  return value ? base::to_json(*value) : std::string(base::name(value.error().code));
}

TEST(ReplyJson, TakesPlainJson) {
  EXPECT_EQ(found_in(" {\"a\": 1}\n"), R"({"a":1})");
  EXPECT_EQ(found_in("[1, 2]"), "[1,2]");
  EXPECT_EQ(found_in("7"), "7");
}

TEST(ReplyJson, TakesTheContentOfAFence) {
  EXPECT_EQ(found_in("```json\n{\"a\": 1}\n```"), R"({"a":1})");
  EXPECT_EQ(found_in("Here you are:\n```\n[{\"a\": 1}]\n```\nAnything else?"), R"([{"a":1}])");
  EXPECT_EQ(found_in("```json\n{\"code\": \"```\"}\n```"), R"({"code":"```"})");
}

TEST(ReplyJson, TakesJsonBetweenProse) {
  EXPECT_EQ(found_in("It's {\"a\": \"}\\\"{\"} as asked."), R"({"a":"}\"{"})");
  EXPECT_EQ(found_in("Fill in {name} [1]: {\"name\": \"x\"}."), R"({"name":"x"})");
  EXPECT_EQ(found_in("see {unclosed, then {\"a\": 1}"), R"({"a":1})");
}

TEST(ReplyJson, PrefersTheLargestAndThenTheFirst) {
  EXPECT_EQ(found_in("{\"a\": 1} then {\"a\": 22}"), R"({"a":22})");
  EXPECT_EQ(found_in("{\"a\": 1} then {\"a\": 2}"), R"({"a":1})");
  EXPECT_EQ(found_in("the list [{\"a\": 1}, {\"a\": 2}]!"), R"([{"a":1},{"a":2}])");
}

TEST(ReplyJson, SaysWhenThereIsNone) {
  EXPECT_EQ(found_in(""), "bad_reply");
  EXPECT_EQ(found_in("I cannot help with that."), "bad_reply");
  EXPECT_EQ(found_in("{\"a\": 1"), "bad_reply");
  EXPECT_EQ(found_in("[}"), "bad_reply");
  EXPECT_EQ(found_in(std::string(kMaxReplyBytes + 1, ' ')), "too_large");
}

TEST(ReplyJson, GivesUpAfterABoundedNumberOfAttempts) {
  const std::string deep(200'000, '[');
  EXPECT_EQ(found_in(deep), "bad_reply");
  EXPECT_EQ(found_in(deep + "{\"a\": 1}"), "bad_reply");
}

TEST(ReplyJson, NeverRepeatsTheText) {
  const auto value = extract_json("the launch code is 0000");
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().message.find("0000"), std::string::npos);
  EXPECT_EQ(value.error().detail.find("0000"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::llm
