#include "llm/gateway/wire_facts.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using base::ErrorCode;

std::string complaint(WireFormat format, std::string_view body) {
  const auto facts = read_wire_facts(format, body);
  if (facts) return "";
  EXPECT_EQ(facts.error().code, ErrorCode::kInvalidArgument);
  return facts.error().message;
}

std::string nested(std::size_t depth) {
  return R"({"model":"m","messages":[1],"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(WireFacts, AreReadFromAnOpenAiRequest) {
  const auto facts = read_wire_facts(WireFormat::kOpenAi,
                                     R"({"model":"gpt","messages":[{"role":"user","content":"Hi"}],"stream":true,)"
                                     R"("stream_options":{"include_usage":true},"temperature":0.5,"max_tokens":7,)"
                                     R"("max_completion_tokens":9,"tools":[1]})");
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(facts->model, "gpt");
  EXPECT_TRUE(facts->streamed);
  EXPECT_TRUE(facts->wants_usage);
  EXPECT_EQ(facts->temperature, 0.5);
  EXPECT_EQ(facts->max_tokens, 9);
  EXPECT_EQ(facts->prompt_bytes, std::string(R"([{"role":"user","content":"Hi"}][1])").size());
}

TEST(WireFacts, AreReadFromAnAnthropicRequest) {
  const auto facts = read_wire_facts(
      WireFormat::kAnthropic, R"( {"max_tokens": 0, "mod\u0065l" : "claude", "system":"S", "messages":[ {} ] } )");
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(facts->model, "claude");
  EXPECT_FALSE(facts->streamed);
  EXPECT_EQ(facts->temperature, std::nullopt);
  EXPECT_EQ(facts->max_tokens, 0);
  EXPECT_EQ(facts->prompt_bytes, 3U + 6U);
  EXPECT_EQ(facts->meaning, body_meaning(R"({"messages":[{}],"system":"S","max_tokens":0})"));
  EXPECT_NE(facts->meaning, body_meaning(R"({"messages":[{}],"system":"T","max_tokens":0})"));
}

TEST(WireFacts, NullCountsAsAbsent) {
  const auto facts = read_wire_facts(WireFormat::kOpenAi, R"({"model":"m","messages":[1],"stream":null,)"
                                                          R"("stream_options":null,"temperature":null,)"
                                                          R"("max_tokens":null,"max_completion_tokens":null})");
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_FALSE(facts->streamed);
  EXPECT_EQ(facts->max_tokens, 0);
}

TEST(WireFacts, ErrorsNameTheMember) {
  const auto openai = [](std::string_view body) { return complaint(WireFormat::kOpenAi, body); };
  EXPECT_EQ(openai(R"({"messages":[1]})"), "model: must be the name of a model");
  EXPECT_EQ(openai(R"({"model":"","messages":[1]})"), "model: must be the name of a model");
  EXPECT_EQ(openai(R"({"model":5,"messages":[1]})"), "model: must be the name of a model");
  EXPECT_EQ(openai(R"({"model":"m"})"), "messages: must be a list with at least one message");
  EXPECT_EQ(openai(R"({"model":"m","messages":[ ]})"), "messages: must be a list with at least one message");
  EXPECT_EQ(openai(R"({"model":"m","messages":"hi"})"), "messages: must be a list with at least one message");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"stream":1})"), "stream: must be true or false");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"stream_options":[]})"), "stream_options: must be an object");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"stream_options":{"include_usage":0}})"),
            "stream_options.include_usage: must be true or false");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"temperature":2.1})"), "temperature: must be a number of 0 to 2");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"temperature":"hot"})"), "temperature: must be a number of 0 to 2");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"max_tokens":0})"),
            "max_tokens: must be a whole number of 1 or more");
  EXPECT_EQ(openai(R"({"model":"m","messages":[1],"max_completion_tokens":1.5})"),
            "max_completion_tokens: must be a whole number of 1 or more");
  EXPECT_EQ(complaint(WireFormat::kAnthropic, R"({"model":"m","messages":[1]})"), "max_tokens: is required");
  EXPECT_EQ(complaint(WireFormat::kAnthropic, R"({"model":"m","messages":[1],"max_tokens":1,"temperature":1.5})"),
            "temperature: must be a number of 0 to 1");
}

TEST(WireFacts, TheBodyMustBeStrictJson) {
  for (const std::string_view body :
       {"", "  ", "[]", "null", "{", R"({"model":"m","messages":[1]}x)", R"({"model":"m","messages":[1],})",
        R"({"model":"m","messages":[1],"model":"n"})", R"({"model":"m","messages":[1],"mod\u0065l":"n"})",
        R"({"model":"m","messages":[{"a":1,"b":2,"a":3}]})", "{\"model\":\"m\xff\",\"messages\":[1]}",
        "{\"model\":\"m\n\",\"messages\":[1]}", R"({"model":"m","messages":[1],"x":01})", R"({model:"m"})"}) {
    EXPECT_NE(complaint(WireFormat::kOpenAi, body), "") << body;
  }
  EXPECT_NE(complaint(WireFormat::kOpenAi, R"({"model":"m","messages":[{"a":1,"b":2,"a":3}]})").find("\"a\""),
            std::string::npos);
}

TEST(WireFacts, DepthIsBounded) {
  EXPECT_EQ(complaint(WireFormat::kOpenAi, nested(60)), "");
  EXPECT_NE(complaint(WireFormat::kOpenAi, nested(65)), "");
  EXPECT_NE(complaint(WireFormat::kOpenAi, nested(1'000'000)), "");
}

}  // namespace
}  // namespace tollgate::llm
