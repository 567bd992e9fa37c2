#include "llm/gateway/wire_reply.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;

const WireRequest kOpenAiClient{
    WireFormat::kOpenAi, R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})", {}, true};
const WireRequest kUninterestedClient{WireFormat::kOpenAi, R"({"model":"m","stream":true})", {}, true};
const WireRequest kAnthropicClient{WireFormat::kAnthropic, R"({"model":"m","stream":true})", {}, true};

std::string chunk(std::string_view rest) {
  return std::string(R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1",)") +
         std::string(rest) + "}\n\n";
}

const std::string kBegin = chunk(R"("choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null)");
const std::string kWord =
    chunk(R"("choices":[ {"index":0,"delta":{"content":"H\u00e9"}}],"x_unknown":[1.50],"usage":null)");
const std::string kStop = chunk(R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null)");
const std::string kUsage = chunk(
    R"("choices":[],"service_tier":"priority","usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":5}})");
const std::string kDone = "data: [DONE]\n\n";

const std::string kAnthropicStream =
    "event: message_start\n"
    R"(data: {"type":"message_start","message":{"id":"msg_1","model":"claude-1","content":[],"usage":{"input_tokens":3,"cache_creation_input_tokens":20,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":15,"ephemeral_1h_input_tokens":5},"output_tokens":1}}})"
    "\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n"
    "event: content_block_start\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
    "\n\nevent: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})"
    "\n\nevent: content_block_stop\n"
    R"(data: {"type":"content_block_stop","index":0})"
    "\n\nevent: new_thing\ndata: {\"type\":\"new_thing\"}\n\n"
    "event: message_delta\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":12}})"
    "\n\n";
const std::string kAnthropicStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

Streamed pass(WireFormat provider, const WireRequest& request, std::string_view stream, std::size_t size = 1'000'000) {
  return read_stream(*make_wire_stream(provider, request), stream, size);
}
Streamed pass_openai(std::string_view stream) {
  return pass(WireFormat::kOpenAi, kOpenAiClient, stream);
}

TEST(PassedStream, EventsOfOpenAiGoOnUnchangedWhereverTheStreamIsCut) {
  const std::string stream = kBegin + kWord + kStop + kUsage + kDone;
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    const auto [reply, heard] = pass(WireFormat::kOpenAi, kOpenAiClient, stream, size);
    ASSERT_TRUE(reply.has_value()) << size << reply.error().message;
    ASSERT_EQ(heard, stream) << size;
    EXPECT_EQ(reply->text, stream);
    EXPECT_EQ(reply->model, "m-1");
    EXPECT_EQ(reply->finish, FinishReason::kStop);
    EXPECT_EQ(reply->usage.input_tokens, 30);
    EXPECT_EQ(reply->usage.cached_input_tokens, 8);
    EXPECT_EQ(reply->usage.cache_write_tokens, 5);
    EXPECT_EQ(reply->usage.output_tokens, 4);
  }
}

TEST(PassedStream, EventsOfAnthropicGoOnUnchangedWhereverTheStreamIsCut) {
  const std::string stream = kAnthropicStream + kAnthropicStop;
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    const auto [reply, heard] = pass(WireFormat::kAnthropic, kAnthropicClient, stream, size);
    ASSERT_TRUE(reply.has_value()) << size << reply.error().message;
    ASSERT_EQ(heard, stream) << size;
    EXPECT_EQ(reply->model, "claude-1");
    EXPECT_EQ(reply->finish, FinishReason::kLength);
    EXPECT_EQ(reply->usage.input_tokens, 30);
    EXPECT_EQ(reply->usage.cached_input_tokens, 7);
    EXPECT_EQ(reply->usage.cache_write_tokens, 15);
    EXPECT_EQ(reply->usage.cache_write_1h_tokens, 5);
    EXPECT_EQ(reply->usage.output_tokens, 12);
  }
}

TEST(PassedStream, EachEventIsSentBeforeTheNextOneIsRead) {
  const auto reader = make_wire_stream(WireFormat::kOpenAi, kOpenAiClient);
  std::vector<std::string> heard;
  const TextSink listen = [&](std::string_view frame) { heard.emplace_back(frame); };
  ASSERT_TRUE(reader->feed(kBegin + kWord + kWord.substr(0, kWord.size() - 1), listen).has_value());
  EXPECT_EQ(heard, std::vector{kBegin + kWord});
  ASSERT_TRUE(reader->feed("\n", listen).has_value());
  EXPECT_EQ(heard, (std::vector{kBegin + kWord, kWord}));
}

// Until then another provider may be asked instead.
TEST(PassedStream, NothingIsSentBeforeTheModelSaysSomething) {
  EXPECT_EQ(pass_openai(kBegin + "data: {\n\n").heard, "");
  const auto begin = kAnthropicStream.substr(0, kAnthropicStream.find("event: content_block_delta"));
  EXPECT_EQ(pass(WireFormat::kAnthropic, kAnthropicClient, begin).heard, "");
  EXPECT_EQ(pass(WireFormat::kAnthropic, kOpenAiClient, begin).heard, "");
}

TEST(PassedStream, AModelThatThinksWithoutAWordHasBegun) {
  const auto thinks =
      kAnthropicStream.substr(0, kAnthropicStream.find("event: content_block_start")) +
      "event: content_block_start\n"
      R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})"
      "\n\n";
  EXPECT_EQ(pass(WireFormat::kAnthropic, kAnthropicClient, thinks).heard, thinks);
  const auto translated = pass(WireFormat::kAnthropic, kOpenAiClient, thinks).heard;
  EXPECT_NE(translated, "");
  EXPECT_EQ(translated.find("reasoning_content"), std::string::npos);
}

TEST(PassedStream, TheChunkOfUsageComesOnlyToThoseWhoAskedForIt) {
  const auto [reply, heard] = pass(WireFormat::kOpenAi, kUninterestedClient, kBegin + kWord + kStop + kUsage + kDone);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(heard, kBegin + kWord + kStop + kDone);
  EXPECT_EQ(reply->usage.input_tokens, 30);
}

TEST(PassedStream, UsageInEveryChunkIsNoReasonToDropOne) {
  const auto word =
      chunk(R"("choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1})");
  const auto [reply, heard] = pass(WireFormat::kOpenAi, kUninterestedClient, word + kStop + kDone);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(heard, word + kStop + kDone);
}

TEST(PassedStream, DoneComesExactlyOnce) {
  for (const auto& end : {std::string(), kDone, kDone + kDone, std::string("data: [DONE]"), kDone + kWord,
                          kDone + "data: {\"error\":{}}\n\n"}) {
    const auto [reply, heard] = pass_openai(kBegin + kWord + kStop + end);
    ASSERT_TRUE(reply.has_value()) << end;
    EXPECT_EQ(heard, kBegin + kWord + kStop + kDone) << end;
    EXPECT_EQ(reply->text, heard);
  }
}

TEST(PassedStream, AllChoicesMustFinish) {
  const auto both = chunk(R"("choices":[{"index":0,"delta":{}},{"index":1,"delta":{}}])");
  const auto second = chunk(R"("choices":[{"index":1,"delta":{},"finish_reason":"length"}])");
  EXPECT_TRUE(pass_openai(both + kStop + second).reply.has_value());
  EXPECT_FALSE(pass_openai(both + kStop + kDone).reply.has_value());
}

TEST(PassedStream, CommentsAndOtherLineEndsAreEvenedOut) {
  const auto [reply, heard] = pass_openai(
      ": keep alive\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\r\ndata: "
      "\"finish_reason\":\"stop\"}]}\r\n\r\n" +
      kDone);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(heard, "data: {\"choices\":[{\"index\":0,\"delta\":{},\ndata: \"finish_reason\":\"stop\"}]}\n\n" + kDone);
}

struct BadEnding {
  std::string name;
  WireFormat format;
  std::string stream;
  ErrorCode expected;
};

class BadEndingTest : public ::testing::TestWithParam<BadEnding> {};

TEST_P(BadEndingTest, BecomesAnErrorAndNothingThatLooksLikeAnEndIsSent) {
  const auto& [name, format, stream, expected] = GetParam();
  const auto& client = format == WireFormat::kOpenAi ? kOpenAiClient : kAnthropicClient;
  for (const std::size_t size : {1 + stream.size() / 1000, std::size_t{700}, stream.size() + 1}) {
    const auto [reply, heard] = pass(format, client, stream, size);
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, expected) << reply.error().message;
    EXPECT_EQ(heard.find("[DONE]"), std::string::npos);
    EXPECT_EQ(heard.find("message_stop"), std::string::npos);
    EXPECT_EQ(heard.find("\"error\""), std::string::npos);
  }
}

TEST_P(BadEndingTest, LikewiseForAClientOfTheOtherFormat) {
  const auto& [name, format, stream, expected] = GetParam();
  const auto& client = format == WireFormat::kOpenAi ? kAnthropicClient : kOpenAiClient;
  for (const std::size_t size : {1 + stream.size() / 1000, stream.size() + 1}) {
    const auto [reply, heard] = pass(format, client, stream, size);
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, expected) << reply.error().message;
    EXPECT_EQ(heard.find("[DONE]"), std::string::npos);
    EXPECT_EQ(heard.find("message_stop"), std::string::npos);
    EXPECT_EQ(heard.find("stop_reason\":\""), std::string::npos);
    EXPECT_EQ(heard.find("\"error\""), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadEndingTest,
    ::testing::Values(
        BadEnding{"NothingAtAll", WireFormat::kOpenAi, "", ErrorCode::kBadReply},
        BadEnding{"OnlyDone", WireFormat::kOpenAi, kDone, ErrorCode::kBadReply},
        BadEnding{"CutBetweenEvents", WireFormat::kOpenAi, kBegin + kWord, ErrorCode::kBadReply},
        BadEnding{"CutInsideAnEvent", WireFormat::kOpenAi, kBegin + kStop.substr(0, kStop.size() - 2),
                  ErrorCode::kBadReply},
        BadEnding{"DoneWithoutFinish", WireFormat::kOpenAi, kBegin + kWord + kDone, ErrorCode::kBadReply},
        BadEnding{"MalformedChunk", WireFormat::kOpenAi, kBegin + "data: {\"choices\":[{\n\n" + kStop + kDone,
                  ErrorCode::kBadReply},
        BadEnding{"ChunkThatIsNoObject", WireFormat::kOpenAi, kBegin + "data: 7\n\n" + kStop + kDone,
                  ErrorCode::kBadReply},
        BadEnding{"Html", WireFormat::kOpenAi, "<html>\n\n</html>\n\n", ErrorCode::kBadReply},
        BadEnding{"ErrorIn200", WireFormat::kOpenAi,
                  kBegin + "data: {\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow\"}}\n\n" + kDone,
                  ErrorCode::kRateLimited},
        BadEnding{"InvalidUtf8", WireFormat::kOpenAi, kBegin + "data: {\"x\":\"\xff\"}\n\n" + kStop + kDone,
                  ErrorCode::kBadReply},
        BadEnding{"LineTooLong", WireFormat::kOpenAi, "data: " + std::string((10U << 20) + 1, 'x'),
                  ErrorCode::kTooLarge},
        BadEnding{"AnthropicCut", WireFormat::kAnthropic, kAnthropicStream, ErrorCode::kBadReply},
        BadEnding{"AnthropicStopWithoutReason", WireFormat::kAnthropic, kAnthropicStop, ErrorCode::kBadReply},
        BadEnding{"AnthropicStopCut", WireFormat::kAnthropic,
                  kAnthropicStream + kAnthropicStop.substr(0, kAnthropicStop.size() - 1), ErrorCode::kBadReply},
        BadEnding{"AnthropicErrorEvent", WireFormat::kAnthropic,
                  "event: error\ndata: "
                  "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
                  ErrorCode::kUnavailable},
        BadEnding{"AnthropicMalformed", WireFormat::kAnthropic, "event: message_start\ndata: {\n\n",
                  ErrorCode::kBadReply}),
    [](const auto& each) { return each.param.name; });

TEST(TranslatedStream, EachEventIsSentBeforeTheNextOneIsRead) {
  const auto reader = make_wire_stream(WireFormat::kOpenAi, kAnthropicClient);
  std::vector<std::string> heard;
  const TextSink listen = [&](std::string_view frame) { heard.emplace_back(frame); };
  ASSERT_TRUE(reader->feed(kBegin, listen).has_value());
  ASSERT_EQ(heard.size(), 0U);
  ASSERT_TRUE(reader->feed(kWord + kWord, listen).has_value());
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_TRUE(heard[0].starts_with("event: message_start\n"));
  EXPECT_NE(heard[0].find("event: content_block_start\n"), std::string::npos);
  EXPECT_TRUE(heard[1].starts_with("event: content_block_delta\n"));
}

TEST(TranslatedStream, MixedArgumentsOfToolCallsAreABadReply) {
  const auto call = [](int index, std::string_view rest) {
    return chunk(fmt::format(R"("choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":{},{}}}]}}}}])", index, rest));
  };
  const auto begun = call(0, R"("id":"a","function":{"name":"f"})") + call(1, R"("id":"b","function":{"name":"g"})");
  EXPECT_TRUE(pass(WireFormat::kOpenAi, kAnthropicClient, begun + kStop).reply.has_value());
  const auto mixed = pass(WireFormat::kOpenAi, kAnthropicClient, begun + call(0, R"("function":{"arguments":"{}"})"));
  ASSERT_FALSE(mixed.reply.has_value());
  EXPECT_EQ(mixed.reply.error().code, ErrorCode::kBadReply);
}

TEST(TranslatedStream, AToolCallWithoutANameIsABadReply) {
  const auto call = chunk(R"("choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a"}]}}])");
  EXPECT_TRUE(pass_openai(call + kStop).reply.has_value());  // a custom tool's call, of no concern to us
  EXPECT_EQ(pass(WireFormat::kOpenAi, kAnthropicClient, call).reply.error().code, ErrorCode::kBadReply);
}

TEST(TranslatedReply, ArgumentsThatAreNoJsonObjectAreABadReply) {
  for (const auto* arguments : {"{", "[1]", "7"}) {
    const auto reply = read_wire_reply(
        WireFormat::kOpenAi, WireFormat::kAnthropic,
        fmt::format(R"({{"choices":[{{"message":{{"tool_calls":[{{"id":"a","type":"function","function":{{"name":"f",)"
                    R"("arguments":"{}"}}}}]}},"finish_reason":"length"}}]}})",
                    arguments));
    ASSERT_FALSE(reply.has_value()) << arguments;
    EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
  }
}

TEST(PassedReply, IsTheProvidersBytes) {
  const std::string body =
      R"( {"id":"c1","model":"m-1","choices":[{"index":0,"message":{"content":"H\u00e9","tool_calls":[]},"finish_reason":"length"}],)"
      R"("usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":8}},"z":1.50} )";
  const auto reply = read_wire_reply(WireFormat::kOpenAi, WireFormat::kOpenAi, body);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, body);
  EXPECT_EQ(reply->model, "m-1");
  EXPECT_EQ(reply->finish, FinishReason::kLength);
  EXPECT_EQ(reply->usage.input_tokens, 30);
  EXPECT_EQ(reply->usage.cached_input_tokens, 8);
  EXPECT_EQ(reply->usage.output_tokens, 4);
}

TEST(PassedReply, OfAnthropicTellsWhatItsCacheTook) {
  const auto reply =
      read_wire_reply(WireFormat::kAnthropic, WireFormat::kAnthropic,
                      R"({"type":"message","model":"c","content":[],"stop_reason":"refusal","usage":{"input_tokens":3,)"
                      R"("cache_creation_input_tokens":20,"cache_read_input_tokens":7,"output_tokens":2}})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->finish, FinishReason::kRefusal);
  EXPECT_EQ(reply->usage.input_tokens, 30);
  EXPECT_EQ(reply->usage.cache_write_tokens, 20);
  EXPECT_EQ(reply->usage.cache_write_1h_tokens, 0);
}

TEST(PassedReply, ARefusalOfAnyChoiceCounts) {
  const auto reply = read_wire_reply(WireFormat::kOpenAi, WireFormat::kOpenAi,
                                     R"({"choices":[{"message":{},"finish_reason":"stop"},)"
                                     R"({"message":{"refusal":"No."},"finish_reason":"stop"}]})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->finish, FinishReason::kRefusal);
}

TEST(PassedReply, WhatIsNoneIsAnError) {
  for (const auto format : {WireFormat::kOpenAi, WireFormat::kAnthropic}) {
    for (const auto client : {WireFormat::kOpenAi, WireFormat::kAnthropic}) {
      for (const auto* body : {"", "<html>", "[]", "{}", R"({"choices":[]})", R"({"choices":[{"text":"x"}]})", "{}x"}) {
        const auto reply = read_wire_reply(format, client, body);
        ASSERT_FALSE(reply.has_value()) << body;
        EXPECT_EQ(reply.error().code, ErrorCode::kBadReply) << body;
      }
    }
  }
  const auto error = read_wire_reply(WireFormat::kOpenAi, WireFormat::kOpenAi,
                                     R"({"error":{"type":"rate_limit_error","message":"m"}})");
  EXPECT_EQ(error.error().code, ErrorCode::kRateLimited);
}

}  // namespace
}  // namespace tollgate::llm
