#include <optional>
#include <utility>

#include "llm/gateway/anthropic_reply.hpp"
#include "llm/gateway/reply_writer.hpp"
#include "llm/gateway/sse_frame.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

class AnthropicReplyWriter final : public ReplyWriter {
 public:
  base::Status write(const ReplyPart& part, std::string& out) override {
    return std::visit([&](const auto& each) { return add(each, out); }, part);
  }

 private:
  // OpenAI counts tokens at the end only.
  base::Status add(const MessageStart& start, std::string& out) {
    return add_event({{"type", "message_start"},
                      {"message",
                       {{"id", start.id},
                        {"type", "message"},
                        {"role", "assistant"},
                        {"model", start.model},
                        {"content", json::array()},
                        {"stop_reason", nullptr},
                        {"stop_sequence", nullptr},
                        {"usage", {{"input_tokens", 0}, {"output_tokens", 0}}}}}},
                     out);
  }

  base::Status add(const TextPiece& piece, std::string& out) { return add_text(piece.text, out); }

  // A block of thinking bears Anthropic's signature; sent back without one it would be refused.
  base::Status add(const ThinkingPiece&, std::string&) { return {}; }

  base::Status add(const RefusalPiece& piece, std::string& out) {
    refused_ = true;
    return add_text(piece.text, out);
  }

  base::Status add(const ToolCallStart& call, std::string& out) {
    if (call.name.empty()) return bad_reply("openai", "a tool call begins without the tool's name");
    called_ = true;
    close_block(out);
    open_call_ = call.number;
    return open_block({{"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", json::object()}}, out);
  }

  base::Status add(const ArgumentsPiece& piece, std::string& out) {
    if (open_call_ != piece.number) return bad_reply("openai", "the arguments of several tool calls are mixed");
    return add_delta({{"type", "input_json_delta"}, {"partial_json", piece.text}}, out);
  }

  base::Status add(const MessageFinish& finish, std::string& out) {
    close_block(out);
    reason_ = finish.reason;
    stop_sequence_ = finish.stop_sequence;
    return {};
  }

  base::Status add(const UsageReport& report, std::string&) {
    usage_ = report.usage;
    return {};
  }

  base::Status add(const MessageEnd&, std::string& out) {
    close_block(out);
    const json::value sequence = stop_sequence_.empty() ? json::value() : json::value(stop_sequence_);
    TRY_STATUS(add_event({{"type", "message_delta"},
                          {"delta", {{"stop_reason", anthropic_stop_reason(reason())}, {"stop_sequence", sequence}}},
                          {"usage", to_anthropic_usage(usage_)}},
                         out));
    return add_event({{"type", "message_stop"}}, out);
  }

  // Some servers say "stop" whatever the model did.
  StopReason reason() const {
    if (refused_) return StopReason::kRefusal;
    return called_ && reason_ == StopReason::kEndTurn ? StopReason::kToolUse : reason_;
  }

  base::Status add_text(std::string_view text, std::string& out) {
    if (open_call_ || !open_) {
      close_block(out);
      TRY_STATUS(open_block({{"type", "text"}, {"text", ""}}, out));
    }
    return add_delta({{"type", "text_delta"}, {"text", text}}, out);
  }

  base::Status open_block(json::object block, std::string& out) {
    open_ = true;
    return add_event({{"type", "content_block_start"}, {"index", index_}, {"content_block", std::move(block)}}, out);
  }

  base::Status add_delta(json::object delta, std::string& out) {
    return add_event({{"type", "content_block_delta"}, {"index", index_}, {"delta", std::move(delta)}}, out);
  }

  void close_block(std::string& out) {
    open_call_.reset();
    if (!std::exchange(open_, false)) return;
    append_anthropic_frame(out, {{"type", "content_block_stop"}, {"index", index_}});
    ++index_;
  }

  static base::Status add_event(json::object event, std::string& out) {
    append_anthropic_frame(out, event);
    return {};
  }

  bool open_ = false;  // the block of `index_`
  std::int64_t index_ = 0;
  std::optional<std::int64_t> open_call_;  // the call that the open block is
  bool called_ = false;
  bool refused_ = false;
  StopReason reason_ = StopReason::kOther;
  std::string stop_sequence_;
  Usage usage_;
};

}  // namespace

std::unique_ptr<ReplyWriter> make_anthropic_reply_writer() {
  return std::make_unique<AnthropicReplyWriter>();
}

std::unique_ptr<ReplyWriter> make_reply_writer(WireFormat client, UsageChunk usage_chunk) {
  return client == WireFormat::kOpenAi ? make_openai_reply_writer(usage_chunk) : make_anthropic_reply_writer();
}

}  // namespace tollgate::llm::gateway
