// What of a stream must not be lost when it is given whole, and the other way round.
#include "llm/gateway/wire_replay.hpp"

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using base::ErrorCode;

constexpr auto kOpenAi = WireFormat::kOpenAi;
constexpr auto kAnthropic = WireFormat::kAnthropic;

std::string data(std::string_view json) {
  return std::string("data: ").append(json) + "\n\n";
}

TEST(WireReplay, ChunksOfSeveralChoicesBecomeOneReply) {
  const auto whole = to_whole(
      kOpenAi,
      data(
          R"({"id":"c","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"f","choices":[{"index":1,"delta":{"role":"assistant","content":"b"},"logprobs":{"content":[{"token":"b"}]}}],"obfuscation":"xx"})") +
          data(
              R"({"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"A"},"logprobs":{"content":[{"token":"A"}]}}],"usage":null})") +
          data(
              R"({"id":"c","choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}]},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"length"}]})") +
          data(R"({"id":"c","choices":[],"usage":{"prompt_tokens":1}})") + data("[DONE]"));
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ(
      *whole,
      R"({"id":"c","object":"chat.completion","created":7,"model":"m","system_fingerprint":"f","choices":[)"
      R"({"index":0,"message":{"role":"assistant","content":"Aa"},"logprobs":{"content":[{"token":"A"},{"token":"a"}]},"finish_reason":"stop"},)"
      R"({"index":1,"message":{"role":"assistant","content":"b"},"logprobs":{"content":[{"token":"b"}]},"finish_reason":"length"}],)"
      R"("usage":{"prompt_tokens":1}})");
}

TEST(WireReplay, PiecesOfToolCallsAreJoinedByTheirIndex) {
  const auto whole = to_whole(
      kOpenAi,
      data(
          R"({"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}]})") +
          data(
              R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}]}}]})") +
          data(
              R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}},{"index":1,"function":{"arguments":"}"}}]}}]})") +
          data(
              R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]})"));
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ(
      *whole,
      R"({"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,)"
      R"("tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},)"
      R"({"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})");
}

TEST(WireReplay, AReplyOfOpenAiStreamsAsItsClientAskedForIt) {
  constexpr std::string_view kBody =
      R"({"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})";
  EXPECT_EQ(
      *to_stream(kOpenAi, kBody, false),
      data(
          R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]})") +
          data(
              R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})") +
          data("[DONE]"));
  EXPECT_EQ(
      *to_stream(kOpenAi, kBody, true),
      data(
          R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}],"usage":null})") +
          data(
              R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null})") +
          data(R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":1}})") +
          data("[DONE]"));
}

TEST(WireReplay, SignaturesCitationsAndUnknownBlocksOfAnthropicSurviveBothWays) {
  constexpr std::string_view kBody =
      R"({"id":"msg_1","type":"message","role":"assistant","model":"c","content":[)"
      R"({"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="},)"
      R"({"type":"text","text":"Hi","citations":[{"cited_text":"x"},{"cited_text":"y"}]},)"
      R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"q":[1,2.5]}},)"
      R"({"type":"web_search_tool_result","tool_use_id":"s","content":[{"url":"u"}]},)"
      R"({"type":"tool_use","id":"t","name":"f","input":{}}],)"
      R"("stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":1,"output_tokens":2}})";
  const auto stream = to_stream(kAnthropic, kBody, false);
  ASSERT_TRUE(stream.has_value()) << stream.error().message;
  EXPECT_NE(stream->find(R"("delta":{"type":"signature_delta","signature":"c2ln"})"), std::string::npos);
  EXPECT_NE(stream->find(R"("delta":{"type":"citations_delta","citation":{"cited_text":"y"}})"), std::string::npos);
  EXPECT_NE(stream->find(R"("delta":{"type":"input_json_delta","partial_json":"{\"q\":[1,2.5]}"})"), std::string::npos);
  EXPECT_TRUE(stream->ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  EXPECT_EQ(to_whole(kAnthropic, *stream).value_or("none"), kBody);
}

TEST(WireReplay, OfAnthropicsUsageTheLastFiguresCount) {
  const auto whole = to_whole(
      kAnthropic,
      data(
          R"({"type":"message_start","message":{"id":"m","content":[],"stop_reason":null,"usage":{"input_tokens":5,"output_tokens":1}}})") +
          data(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}})") +
          data(R"({"type":"message_stop"})"));
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ(*whole, R"({"id":"m","content":[],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":9}})");
}

TEST(WireReplay, WhatIsIncompleteIsABadReply) {
  const std::string begun = data(R"({"choices":[{"index":0,"delta":{"content":"a"}}]})");
  const std::string started = data(R"({"type":"message_start","message":{}})");
  for (const auto& frames : {std::string(), data("[DONE]"), begun, begun + data("[DONE]"), begun + data("{"),
                             begun + data("[]"), data(R"({"choices":[]})")}) {
    const auto whole = to_whole(kOpenAi, frames);
    ASSERT_FALSE(whole.has_value()) << frames << *whole;
    EXPECT_EQ(whole.error().code, ErrorCode::kBadReply);
  }
  for (
      const auto& frames :
      {std::string(), started, started + data("{"),
       started + data(R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use"}})") +
           data(
               R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a"}})") +
           data(R"({"type":"message_stop"})")}) {
    const auto whole = to_whole(kAnthropic, frames);
    ASSERT_FALSE(whole.has_value()) << frames << *whole;
    EXPECT_EQ(whole.error().code, ErrorCode::kBadReply);
  }
  for (const auto format : {kOpenAi, kAnthropic}) {
    for (const auto* body : {"", "[]", "{}", R"({"choices":[]})", R"({"choices":[{}]})", R"({"content":[1]})"}) {
      const auto stream = to_stream(format, body, true);
      ASSERT_FALSE(stream.has_value()) << body << *stream;
      EXPECT_EQ(stream.error().code, ErrorCode::kBadReply);
    }
  }
}

}  // namespace
}  // namespace tollgate::llm
