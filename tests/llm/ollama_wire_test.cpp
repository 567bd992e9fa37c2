#include "llm/ollama_wire.hpp"

#include <gtest/gtest.h>

#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm::ollama {
namespace {

using base::ErrorCode;

const std::string kStream =
    R"({"model":"model-1","message":{"role":"assistant","content":"Hel"},"done":false})"
    "\n"
    R"({"model":"model-1","message":{"role":"assistant","content":"lo"},"done":false})"
    "\n"
    R"({"model":"model-1","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","eval_count":4})"
    "\n";

TEST(OllamaWire, WritesARequestThatSaysWhetherToStream) {
  EXPECT_EQ(write_request(sample_request(), Delivery::kWhole),
            R"({"messages":[{"content":"Be brief.","role":"system"},{"content":"Hi","role":"user"},)"
            R"({"content":"Hello","role":"assistant"},{"content":"Score \"it\"","role":"user"}],"model":"model-1",)"
            R"("options":{"num_predict":100},"stream":false})");
}

TEST(OllamaWire, SendsTheSchemaAsFormat) {
  EXPECT_EQ(write_request(sample_request_with_schema(), Delivery::kStreamed),
            R"({"format":{"additionalProperties":false,"properties":{"score":{"maximum":10,"type":"integer"}},)"
            R"("required":["score"],"type":"object"},"messages":[{"content":"Hi","role":"user"}],"model":"model-1",)"
            R"("options":{"num_predict":100,"temperature":0.2},"stream":true})");
}

TEST(OllamaWire, ReadsAReplyWithOrWithoutCounts) {
  const auto reply = read_reply(
      R"({"model":"model-1","message":{"role":"assistant","content":"Hello"},"done":true,"done_reason":"stop",)"
      R"("prompt_eval_count":26,"eval_count":5})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text, "Hello");
  EXPECT_EQ(reply->finish, FinishReason::kStop);
  EXPECT_EQ(reply->usage.input_tokens, 26);
  EXPECT_EQ(reply->usage.output_tokens, 5);
  EXPECT_EQ(read_reply(R"({"message":{"content":"x"},"done":true})")->usage.input_tokens, 0);
}

TEST(OllamaWire, ReadsAStreamInPiecesOfAnySize) {
  for (std::size_t size = 1; size <= kStream.size(); ++size) {
    const auto [reply, heard] = read_stream(*make_stream_reader(), kStream, size);
    ASSERT_TRUE(reply.has_value()) << size;
    EXPECT_EQ(reply->text, "Hello");
    EXPECT_EQ(heard, "Hello");
    EXPECT_EQ(reply->finish, FinishReason::kLength);
    EXPECT_EQ(reply->usage.output_tokens, 4);
  }
}

TEST(OllamaWire, AStreamThatIsNeverDoneIsABadReply) {
  const auto cut = kStream.substr(0, kStream.rfind("{\"model\""));
  const auto streamed = read_stream(*make_stream_reader(), cut, 16);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kBadReply);
}

TEST(OllamaWire, AnErrorLineEndsTheStream) {
  const auto streamed = read_stream(*make_stream_reader(), "{\"error\":\"out of memory\"}\n", 16);
  ASSERT_FALSE(streamed.reply.has_value());
  EXPECT_EQ(streamed.reply.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(streamed.reply.error().detail.find("out of memory"), std::string::npos);
}

TEST(OllamaWire, ReadsErrors) {
  const auto error = read_error(404, R"({"error":"model 'x' not found"})");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("OLLAMA_HOST"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::llm::ollama
