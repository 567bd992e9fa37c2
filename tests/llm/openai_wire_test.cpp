#include "llm/openai_wire.hpp"

#include <gtest/gtest.h>

#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm::openai {
namespace {

using base::ErrorCode;

const std::string kStream =
    R"(data: {"model":"model-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})"
    "\n\n"
    R"(data: {"model":"model-1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null})"
    "\n\n"
    R"(data: {"model":"model-1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}],"usage":null})"
    "\n\n"
    R"(data: {"model":"model-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null})"
    "\n\n"
    R"(data: {"model":"model-1","choices":[],"usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":8}}})"
    "\n\ndata: [DONE]\n\n";

TEST(OpenAiWire, WritesARequest) {
  EXPECT_EQ(write_request(sample_request(), {}, Delivery::kWhole),
            R"({"max_completion_tokens":100,"messages":[{"content":"Be brief.","role":"system"},)"
            R"({"content":"Hi","role":"user"},{"content":"Hello","role":"assistant"},)"
            R"({"content":"Score \"it\"","role":"user"}],"model":"model-1"})");
}

TEST(OpenAiWire, AsksForAStrictSchemaAndUsage) {
  EXPECT_EQ(write_request(sample_request_with_schema(), {}, Delivery::kStreamed),
            R"({"max_completion_tokens":100,"messages":[{"content":"Hi","role":"user"}],"model":"model-1",)"
            R"("response_format":{"json_schema":{"name":"verdict","schema":{"additionalProperties":false,)"
            R"("properties":{"score":{"description":"Constraints: {\"maximum\":10}","type":"integer"}},)"
            R"("required":["score"],"type":"object"},"strict":true},"type":"json_schema"},"stream":true,)"
            R"("stream_options":{"include_usage":true},"temperature":0.2})");
}

TEST(OpenAiWire, AsksImitatorsForAJsonObjectWithTheSchemaInThePrompt) {
  EXPECT_EQ(
      write_request(sample_request_with_schema(), {JsonReplies::kJsonObject, TokenLimit::kMaxTokens}, Delivery::kWhole),
      R"({"max_tokens":100,"messages":[{"content":"Reply with one JSON object and nothing else. )"
      R"(It must fit this JSON Schema:\n{\"additionalProperties\":false,\"properties\":{\"score\":{\"maximum\":10,)"
      R"(\"type\":\"integer\"}},\"required\":[\"score\"],\"type\":\"object\"}","role":"system"},)"
      R"({"content":"Hi","role":"user"}],"model":"model-1","response_format":{"type":"json_object"},)"
      R"("temperature":0.2})");
}

TEST(OpenAiWire, ReadsAReply) {
  const auto reply = read_reply(
      R"({"model":"model-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},)"
      R"("finish_reason":"length"}],"service_tier":"flex","usage":{"prompt_tokens":30,"completion_tokens":4,"total_tokens":34,)"
      R"("prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":5},"completion_tokens_details":{"reasoning_tokens":2}}})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, "Hello");
  EXPECT_EQ(reply->finish, FinishReason::kLength);
  EXPECT_EQ(reply->usage.input_tokens, 30);
  EXPECT_EQ(reply->usage.cached_input_tokens, 8);
  EXPECT_EQ(reply->usage.cache_write_tokens, 5);
  EXPECT_EQ(reply->usage.service_tier, ServiceTier::kFlex);
  EXPECT_EQ(reply->usage.output_tokens, 4);
}

TEST(OpenAiWire, ARefusalIsNoError) {
  const auto reply =
      read_reply(R"({"choices":[{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}]})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, "I cannot.");
  EXPECT_EQ(reply->finish, FinishReason::kRefusal);
}

TEST(OpenAiWire, ReadsAStreamInPiecesOfAnySizeWithItsUsage) {
  for (std::size_t size = 1; size <= kStream.size(); ++size) {
    const auto [reply, heard] = read_stream(*make_stream_reader(), kStream, size);
    ASSERT_TRUE(reply.has_value()) << size;
    EXPECT_EQ(reply->text, "Hello");
    EXPECT_EQ(heard, "Hello");
    EXPECT_EQ(reply->finish, FinishReason::kStop);
    EXPECT_EQ(reply->usage.input_tokens, 30);
    EXPECT_EQ(reply->usage.cached_input_tokens, 8);
    EXPECT_EQ(reply->usage.output_tokens, 4);
  }
}

TEST(OpenAiWire, AStreamMayLackUsageAndDone) {
  const auto cut = kStream.substr(0, kStream.find(R"(data: {"model":"model-1","choices":[],)"));
  const auto streamed = read_stream(*make_stream_reader(), cut, 64);
  ASSERT_TRUE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply->text, "Hello");
  EXPECT_EQ(streamed.reply->usage.input_tokens, 0);
}

TEST(OpenAiWire, AStreamWithoutFinishReasonIsABadReply) {
  const auto cut = kStream.substr(0, kStream.find(R"("finish_reason":"stop")"));
  const auto streamed = read_stream(*make_stream_reader(), cut, 64);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kBadReply);
}

TEST(OpenAiWire, AnErrorInsideA200StreamEndsIt) {
  const auto streamed = read_stream(
      *make_stream_reader(),
      "data: {\"error\":{\"message\":\"engine died\",\"type\":\"InternalServerError\",\"code\":500}}\n\n", 64);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(streamed.reply.error().detail.find("engine died"), std::string::npos);
}

TEST(OpenAiWire, RepliesOfAnotherFormAreBadReplies) {
  for (const auto* body : {"", "<html>", "[]", "{}", R"({"choices":[]})", R"({"choices":[{"text":"x"}]})"}) {
    const auto reply = read_reply(body);
    ASSERT_FALSE(reply.has_value()) << body;
    EXPECT_EQ(reply.error().code, ErrorCode::kBadReply) << body;
  }
}

TEST(OpenAiWire, ReadsErrors) {
  EXPECT_EQ(read_error(429, R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})").code,
            ErrorCode::kOutOfCredit);
  EXPECT_EQ(read_error(429, R"({"error":{"type":"rate_limit_error"}})").code, ErrorCode::kRateLimited);
  EXPECT_EQ(read_error(400, R"({"error":{"code":"context_length_exceeded","message":"m"}})").code,
            ErrorCode::kTooLarge);
  EXPECT_EQ(read_error(400, R"({"error":"a string"})").detail, "status 400: a string");
}

}  // namespace
}  // namespace tollgate::llm::openai
