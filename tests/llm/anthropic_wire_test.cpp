#include "llm/anthropic_wire.hpp"

#include <gtest/gtest.h>

#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm::anthropic {
namespace {

using base::ErrorCode;

const std::string kStream =
    "event: message_start\n"
    R"(data: {"type":"message_start","message":{"model":"model-1","usage":{"input_tokens":20,)"
    R"("cache_creation_input_tokens":5,"cache_read_input_tokens":100,"output_tokens":1}}})"
    "\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}})"
    "\n\n"
    R"(data: {"type":"content_block_stop","index":0})"
    "\n\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":12}})"
    "\n\n"
    R"(data: {"type":"message_stop"})"
    "\n\n";

TEST(AnthropicWire, WritesARequest) {
  EXPECT_EQ(write_request(sample_request(), JsonReplies::kOutputFormat, Delivery::kWhole),
            R"({"max_tokens":100,"messages":[{"content":"Hi","role":"user"},{"content":"Hello","role":"assistant"},)"
            R"({"content":"Score \"it\"","role":"user"}],"model":"model-1","system":"Be brief."})");
}

TEST(AnthropicWire, AsksForASchemaByOutputFormat) {
  EXPECT_EQ(write_request(sample_request_with_schema(), JsonReplies::kOutputFormat, Delivery::kStreamed),
            R"({"max_tokens":100,"messages":[{"content":"Hi","role":"user"}],"model":"model-1",)"
            R"("output_config":{"format":{"schema":{"additionalProperties":false,"properties":{"score":{)"
            R"("description":"Constraints: {\"maximum\":10}","type":"integer"}},"required":["score"],"type":"object"},)"
            R"("type":"json_schema"}},"stream":true,"temperature":0.2})");
}

TEST(AnthropicWire, AsksForASchemaByAForcedToolCall) {
  EXPECT_EQ(write_request(sample_request_with_schema(), JsonReplies::kToolCall, Delivery::kWhole),
            R"({"max_tokens":100,"messages":[{"content":"Hi","role":"user"}],"model":"model-1","temperature":0.2,)"
            R"("tool_choice":{"disable_parallel_tool_use":true,"name":"verdict","type":"tool"},)"
            R"("tools":[{"description":"Hands over the reply. Call it once, with the whole reply.",)"
            R"("input_schema":{"additionalProperties":false,"properties":{"score":{"maximum":10,"type":"integer"}},)"
            R"("required":["score"],"type":"object"},"name":"verdict"}]})");
}

TEST(AnthropicWire, ReadsAReplyAndCountsTheCacheAsInput) {
  const auto reply =
      read_reply(R"({"id":"m1","type":"message","model":"model-1","content":[{"type":"thinking","thinking":"hm"},)"
                 R"({"type":"text","text":"Hel"},{"type":"text","text":"lo"}],"stop_reason":"end_turn",)"
                 R"("usage":{"input_tokens":20,"cache_creation_input_tokens":5,"cache_read_input_tokens":100,)"
                 R"("cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":2},"output_tokens":12,)"
                 R"("server_tool_use":{"web_search_requests":3},"service_tier":"batch"}})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, "Hello");
  EXPECT_EQ(reply->finish, FinishReason::kStop);
  EXPECT_EQ(reply->model, "model-1");
  EXPECT_EQ(reply->usage.input_tokens, 125);
  EXPECT_EQ(reply->usage.cached_input_tokens, 100);
  EXPECT_EQ(reply->usage.cache_write_tokens, 3);
  EXPECT_EQ(reply->usage.cache_write_1h_tokens, 2);
  EXPECT_EQ(reply->usage.web_searches, 3);
  EXPECT_EQ(reply->usage.service_tier, ServiceTier::kBatch);
  EXPECT_EQ(reply->usage.output_tokens, 12);
}

TEST(AnthropicWire, ReadsTheInputOfAToolCallAsText) {
  const auto reply = read_reply(
      R"({"content":[{"type":"tool_use","id":"t","name":"verdict","input":{"score":7}}],"stop_reason":"tool_use"})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, R"({"score":7})");
  EXPECT_EQ(reply->finish, FinishReason::kStop);
}

TEST(AnthropicWire, ReadsARefusal) {
  const auto reply = read_reply(R"({"content":[],"stop_reason":"refusal"})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->finish, FinishReason::kRefusal);
}

TEST(AnthropicWire, ReadsAStreamInPiecesOfAnySizeAndKeepsTheLastUsage) {
  for (std::size_t size = 1; size <= kStream.size(); ++size) {
    const auto [reply, heard] = read_stream(*make_stream_reader(), kStream, size);
    ASSERT_TRUE(reply.has_value()) << size;
    EXPECT_EQ(reply->text, "Hello");
    EXPECT_EQ(heard, "Hello");
    EXPECT_EQ(reply->finish, FinishReason::kLength);
    EXPECT_EQ(reply->model, "model-1");
    EXPECT_EQ(reply->usage.input_tokens, 125);
    EXPECT_EQ(reply->usage.output_tokens, 12);
  }
}

TEST(AnthropicWire, ReadsAStreamedToolCall) {
  const auto [reply, heard] = read_stream(
      *make_stream_reader(),
      "data: "
      "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\"\"}}\n\n"
      "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\":1}\"}}\n\n"
      "data: {\"type\":\"message_stop\"}\n\n",
      7);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, R"({"a":1})");
}

TEST(AnthropicWire, AStreamWithoutMessageStopIsABadReply) {
  const auto cut = kStream.substr(0, kStream.find("data: {\"type\":\"message_stop\""));
  const auto streamed = read_stream(*make_stream_reader(), cut, 64);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kBadReply);
}

TEST(AnthropicWire, AnErrorInsideTheStreamEndsIt) {
  const auto streamed =
      read_stream(*make_stream_reader(),
                  "event: error\ndata: "
                  "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
                  64);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kUnavailable);
}

TEST(AnthropicWire, RepliesOfAnotherFormAreBadReplies) {
  for (const auto* body : {"", "<html>", "[]", "{}", R"({"content":"text"})"}) {
    const auto reply = read_reply(body);
    ASSERT_FALSE(reply.has_value()) << body;
    EXPECT_EQ(reply.error().code, ErrorCode::kBadReply) << body;
  }
}

TEST(AnthropicWire, ReadsErrors) {
  const auto error = read_error(
      400,
      R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 300000 tokens"}})");
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_NE(error.detail.find("300000"), std::string::npos);
  EXPECT_EQ(read_error(529, "<html>").code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace tollgate::llm::anthropic
