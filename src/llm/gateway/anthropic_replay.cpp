#include "llm/gateway/anthropic_replay.hpp"

#include <map>
#include <utility>

#include "llm/anthropic_wire.hpp"
#include "llm/gateway/anthropic_reply.hpp"
#include "llm/gateway/limits.hpp"
#include "llm/gateway/sse_frame.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/sse.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::string_view kName = "anthropic";

// Writes one block as its start, its content in one piece of each kind, and its end.
class BlockWriter {
 public:
  BlockWriter(std::size_t index, std::string& out) : index_(index), out_(out) {}

  void write(const json::object& block) {
    const auto type = string_member(block, "type");
    json::object start = block;
    json::array deltas;
    const auto empty_out = [&](std::string_view name, std::string_view delta_type, std::string_view delta_member) {
      const auto text = string_member(block, name);
      if (text.empty()) return;
      start[name] = "";
      deltas.push_back({{"type", delta_type}, {delta_member, text}});
    };
    if (type == "text") {
      empty_out("text", "text_delta", "text");
      take_citations(start, deltas);
    } else if (type == "thinking") {
      empty_out("thinking", "thinking_delta", "thinking");
      empty_out("signature", "signature_delta", "signature");
    } else if (const auto& input = member(block, "input"); type.ends_with("tool_use") && input.is_object()) {
      start["input"] = json::object();
      deltas.push_back({{"type", "input_json_delta"}, {"partial_json", to_text(input)}});
    }
    add({{"type", "content_block_start"}, {"index", index_}, {"content_block", std::move(start)}});
    for (auto& delta : deltas) {
      add({{"type", "content_block_delta"}, {"index", index_}, {"delta", std::move(delta)}});
    }
    add({{"type", "content_block_stop"}, {"index", index_}});
  }

 private:
  static void take_citations(json::object& start, json::array& deltas) {
    const auto* citations = start.contains("citations") ? start["citations"].if_array() : nullptr;
    if (!citations) return;
    for (const auto& citation : *citations) {
      deltas.push_back({{"type", "citations_delta"}, {"citation", citation}});
    }
    start["citations"] = json::array();
  }

  void add(json::object event) { append_anthropic_frame(out_, event); }

  const std::size_t index_;
  std::string& out_;
};

// The message as it begins, and what its end adds to it.
struct MessageFrame {
  json::object start;
  json::object end{{"stop_reason", nullptr}, {"stop_sequence", nullptr}};
};

MessageFrame frame_of(const json::object& message) {
  MessageFrame frame;
  for (const auto& each : message) {
    const std::string_view name = each.key();
    if (name == "content") {
      frame.start[name] = json::array();
    } else if (name.starts_with("stop_")) {
      frame.start[name] = nullptr;
      frame.end[name] = each.value();
    } else {
      frame.start[name] = each.value();
    }
  }
  return frame;
}

class EventMerger {
 public:
  base::Status add(const SseEvent& event) {
    const auto body = parse_text(event.data);
    if (!body || !body->is_object()) return bad_reply(kName, "an event of the stream is no JSON object");
    const auto type = string_member(*body, "type");
    if (type == "error") return base::fail(anthropic::read_error(200, event.data));
    if (type == "message_start") {
      if (const auto* message = member(*body, "message").if_object()) message_ = *message;
    } else if (type == "content_block_start") {
      blocks_[count_member(*body, "index")] = {member(*body, "content_block"), ""};
    } else if (type == "content_block_delta") {
      add_delta(blocks_[count_member(*body, "index")], member(*body, "delta"));
    } else if (type == "message_delta") {
      add_end(*body);
    } else if (type == "message_stop") {
      stopped_ = true;
    }
    return {};
  }

  base::Result<std::string> finish() {
    if (!stopped_) return bad_reply(kName, "the stream ended before the message did");
    json::array content;
    for (auto& [index, block] : blocks_) {
      if (!block.input.empty()) {
        auto input = parse_text(block.input);
        if (!input || !input->is_object()) return bad_reply(kName, "the arguments of a tool call are no JSON object");
        block.value.get_object()["input"] = *std::move(input);
      }
      content.push_back(std::move(block.value));
    }
    message_["content"] = std::move(content);
    return to_text(message_);
  }

 private:
  struct Block {
    json::value value;
    std::string input;  // the text of a tool's arguments so far
  };

  static void add_delta(Block& block, const json::value& delta) {
    if (!block.value.is_object()) block.value.emplace_object();
    auto& members = block.value.get_object();
    const auto type = string_member(delta, "type");
    if (type == "text_delta") append(members["text"], string_member(delta, "text"));
    if (type == "thinking_delta") append(members["thinking"], string_member(delta, "thinking"));
    if (type == "signature_delta") append(members["signature"], string_member(delta, "signature"));
    if (type == "input_json_delta") block.input += string_member(delta, "partial_json");
    if (type == "citations_delta") {
      auto& citations = members["citations"];
      if (!citations.is_array()) citations.emplace_array();
      citations.get_array().push_back(member(delta, "citation"));
    }
  }

  static void append(json::value& text, std::string_view piece) {
    if (!text.is_string()) text.emplace_string();
    text.get_string().append(piece);
  }

  void add_end(const json::value& body) {
    if (const auto* delta = member(body, "delta").if_object()) {
      for (const auto& each : *delta) message_[each.key()] = each.value();
    }
    auto& usage = message_["usage"];
    if (!usage.is_object()) usage.emplace_object();
    merge_usage(usage.get_object(), member(body, "usage"));
  }

  json::object message_;
  std::map<std::int64_t, Block> blocks_;
  bool stopped_ = false;
};

}  // namespace

base::Result<std::string> to_anthropic_stream(std::string_view body) {
  const auto parsed = parse_text(body);
  const auto* message = parsed ? parsed->if_object() : nullptr;
  const auto* content = message ? member(*parsed, "content").if_array() : nullptr;
  if (!content) return bad_reply(kName, "it has no content");
  auto frame = frame_of(*message);
  std::string out;
  append_anthropic_frame(out, {{"type", "message_start"}, {"message", std::move(frame.start)}});
  for (std::size_t i = 0; i < content->size(); ++i) {
    const auto* block = (*content)[i].if_object();
    if (!block) return bad_reply(kName, "a block of the content is no JSON object");
    BlockWriter(i, out).write(*block);
  }
  json::object end{{"type", "message_delta"}, {"delta", std::move(frame.end)}};
  end["usage"] = member(*parsed, "usage").is_object() ? member(*parsed, "usage") : json::object();
  append_anthropic_frame(out, end);
  append_anthropic_frame(out, {{"type", "message_stop"}});
  return out;
}

base::Result<std::string> to_anthropic_whole(std::string_view frames) {
  EventMerger merger;
  SseParser parser(kStreamLimits);
  TRY_STATUS(parser.feed(frames, [&](const SseEvent& event) { return merger.add(event); }));
  return merger.finish();
}

}  // namespace tollgate::llm::gateway
