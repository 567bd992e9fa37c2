#include <map>
#include <string>
#include <utility>

#include "llm/anthropic_wire.hpp"
#include "llm/gateway/anthropic_reply.hpp"
#include "llm/gateway/reply_reader.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::string_view kName = "anthropic";

class AnthropicReplyReader final : public ReplyReader {
 public:
  base::Result<EventKind> read(const SseEvent& event, PartSink& sink) override {
    if (ended_) return EventKind::kLate;
    const auto body = parse_text(event.data);
    if (!body || !body->is_object()) return bad_reply(kName, "an event of the stream is no JSON object");
    const auto type = string_member(*body, "type");
    if (type == "error") return base::fail(anthropic::read_error(200, event.data));
    TRY_STATUS(read_event(type, *body, sink));
    return EventKind::kPlain;
  }

  base::Status finish(PartSink&) override {
    return ended_ ? base::Status{} : bad_reply(kName, "the stream ended before the message did");
  }

 private:
  base::Status read_event(std::string_view type, const json::value& body, PartSink& sink) {
    if (type == "content_block_delta") return read_delta(body, sink);
    if (type == "content_block_start") return start_block(body, sink);
    if (type == "message_start") {
      const auto& message = member(body, "message");
      TRY_STATUS(sink.take(MessageStart{string_member(message, "id"), string_member(message, "model")}));
      return report(member(message, "usage"), sink);
    }
    if (type == "message_delta") {
      const auto& delta = member(body, "delta");
      if (const auto reason = string_member(delta, "stop_reason"); !reason.empty()) {
        stopped_ = true;
        TRY_STATUS(sink.take(MessageFinish{anthropic_stop_reason(reason), string_member(delta, "stop_sequence")}));
      }
      return report(member(body, "usage"), sink);
    }
    if (type == "message_stop") {
      if (!stopped_) return bad_reply(kName, "the message ends without a reason");
      ended_ = true;
      return sink.take(MessageEnd{});
    }
    return {};  // ping, the ends of blocks, and whatever may be added later
  }

  base::Status start_block(const json::value& body, PartSink& sink) {
    const auto& block = member(body, "content_block");
    const auto type = string_member(block, "type");
    if (type == "text") return take_text<TextPiece>(string_member(block, "text"), sink);
    // Also without a word: the model is at work, and may keep its thoughts or its tools to itself for long.
    if (type != "tool_use") return sink.take(ThinkingPiece{string_member(block, "thinking")});
    const auto number = static_cast<std::int64_t>(calls_.size());
    calls_[count_member(body, "index")] = number;
    TRY_STATUS(sink.take(ToolCallStart{number, string_member(block, "id"), string_member(block, "name")}));
    const auto* input = member(block, "input").if_object();
    if (!input || input->empty()) return {};
    return sink.take(ArgumentsPiece{number, to_text(member(block, "input"))});
  }

  base::Status read_delta(const json::value& body, PartSink& sink) {
    const auto& delta = member(body, "delta");
    const auto type = string_member(delta, "type");
    if (type == "text_delta") return take_text<TextPiece>(string_member(delta, "text"), sink);
    if (type == "thinking_delta") return take_text<ThinkingPiece>(string_member(delta, "thinking"), sink);
    if (type != "input_json_delta") return {};
    const auto text = string_member(delta, "partial_json");
    const auto call = calls_.find(count_member(body, "index"));
    if (text.empty() || call == calls_.end()) return {};
    return sink.take(ArgumentsPiece{call->second, text});
  }

  template <typename Piece>
  static base::Status take_text(std::string_view text, PartSink& sink) {
    return text.empty() ? base::Status{} : sink.take(Piece{text});
  }

  base::Status report(const json::value& usage, PartSink& sink) {
    if (!usage.is_object()) return {};
    merge_usage(usage_, usage);
    return sink.take(UsageReport{anthropic_usage(usage_)});
  }

  bool stopped_ = false;
  bool ended_ = false;
  json::object usage_;
  std::map<std::int64_t, std::int64_t> calls_;  // the number of a tool call by the index of its block
};

}  // namespace

std::unique_ptr<ReplyReader> make_anthropic_reply_reader() {
  return std::make_unique<AnthropicReplyReader>();
}

std::unique_ptr<ReplyReader> make_reply_reader(WireFormat provider) {
  return provider == WireFormat::kOpenAi ? make_openai_reply_reader() : make_anthropic_reply_reader();
}

}  // namespace tollgate::llm::gateway
