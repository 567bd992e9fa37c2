#include "llm/gateway/openai_replay.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "llm/gateway/limits.hpp"
#include "llm/gateway/openai_reply.hpp"
#include "llm/gateway/sse_frame.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/openai_wire.hpp"
#include "llm/sse.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::string_view kName = "openai";

// Of a delta: texts that come in pieces. Other members come once.
constexpr std::array<std::string_view, 5> kPieces = {"content", "refusal", "reasoning_content", "reasoning",
                                                     "arguments"};

json::value value_or(const json::value& of, std::string_view name, const json::value& otherwise) {
  const auto& found = member(of, name);
  return found.is_null() ? otherwise : found;
}

// A chunk says of the whole reply what the reply does.
json::object chunk_of(const json::object& reply, const json::array& choices) {
  json::object chunk;
  for (const auto& each : reply) {
    const std::string_view name = each.key();
    if (name == "object") {
      chunk[name] = "chat.completion.chunk";
    } else if (name == "choices") {
      chunk[name] = choices;
    } else if (name != "usage") {
      chunk[name] = each.value();
    }
  }
  return chunk;
}

json::object delta_of(const json::value& message) {
  json::object delta;
  for (const auto& each : message.get_object()) delta[each.key()] = each.value();
  auto* calls = delta.contains("tool_calls") ? delta["tool_calls"].if_array() : nullptr;
  for (std::size_t i = 0; calls && i < calls->size(); ++i) {
    json::object call{{"index", i}};
    if (const auto* members = (*calls)[i].if_object()) {
      for (const auto& each : *members) call[each.key()] = each.value();
    }
    (*calls)[i] = std::move(call);
  }
  return delta;
}

bool is_piece(std::string_view name) {
  return std::ranges::find(kPieces, name) != kPieces.end();
}

void add_pieces(json::object& to, const json::object& piece) {
  for (const auto& each : piece) {
    const std::string_view name = each.key();
    auto& known = to[name];
    const auto& value = each.value();
    if (name == "function" && known.is_object() && value.is_object()) {
      add_pieces(known.get_object(), value.get_object());
    } else if (is_piece(name) && known.is_string() && value.is_string()) {
      known.get_string().append(value.get_string());
    } else if (!value.is_null() || known.is_null()) {
      known = value;
    }
  }
}

void add_logprobs(json::value& to, const json::value& piece) {
  const auto* lists = piece.if_object();
  if (!lists) return;
  if (!to.is_object()) to.emplace_object();
  for (const auto& each : *lists) {
    auto& known = to.get_object()[each.key()];
    const auto* more = each.value().if_array();
    if (known.is_array() && more) {
      known.get_array().insert(known.get_array().end(), more->begin(), more->end());
    } else {
      known = each.value();
    }
  }
}

struct Choice {
  json::object message{};                        // but its tool calls
  std::map<std::int64_t, json::object> calls{};  // by their index
  json::value logprobs{};
  json::value finish_reason{};

  void add(const json::value& piece) {
    if (const auto* delta = member(piece, "delta").if_object()) add_delta(*delta);
    add_logprobs(logprobs, member(piece, "logprobs"));
    if (const auto& reason = member(piece, "finish_reason"); !reason.is_null()) finish_reason = reason;
  }

  json::object to_whole(std::int64_t index) {
    if (!message.contains("role")) message["role"] = "assistant";
    const bool is_silent = !calls.empty() && string_member(message, "content").empty();
    if (is_silent || !message.contains("content")) message["content"] = nullptr;
    if (!calls.empty()) {
      auto& list = message["tool_calls"].emplace_array();
      for (auto& [number, call] : calls) list.push_back(std::move(call));
    }
    json::object whole{{"index", index}, {"message", std::move(message)}};
    if (!logprobs.is_null()) whole["logprobs"] = std::move(logprobs);
    whole["finish_reason"] = std::move(finish_reason);
    return whole;
  }

 private:
  void add_delta(json::object delta) {
    if (const auto* pieces = member(delta, "tool_calls").if_array()) {
      for (const auto& piece : *pieces) add_call(piece);
      delta.stable_erase("tool_calls");
    }
    add_pieces(message, delta);
  }

  void add_call(json::value piece) {
    auto* members = piece.if_object();
    if (!members) return;
    // Without an index every piece is a call.
    const auto index = members->contains("index") ? count_member(piece, "index") : std::int64_t(calls.size());
    members->stable_erase("index");
    add_pieces(calls[index], *members);
  }
};

class ChunkMerger {
 public:
  base::Status add(const SseEvent& event) {
    if (event.data == kOpenAiDone) return {};
    const auto chunk = parse_text(event.data);
    if (!chunk || !chunk->is_object()) return bad_reply(kName, "an event of the stream is no JSON object");
    if (!member(*chunk, "error").is_null()) return base::fail(openai::read_error(200, event.data));
    for (const auto& each : chunk->get_object()) {
      const std::string_view name = each.key();
      if (name == "choices") {
        add_choices(each.value());
      } else if (name != "obfuscation" && (!each.value().is_null() || !reply_.contains(name))) {
        reply_[name] = each.value();
      }
    }
    return {};
  }

  base::Result<std::string> finish() {
    json::array choices;
    for (auto& [index, choice] : choices_) {
      if (!choice.finish_reason.is_string()) return bad_reply(kName, "the stream ended before the message did");
      choices.push_back(choice.to_whole(index));
    }
    if (choices.empty()) return bad_reply(kName, "it has no choices");
    json::object whole;
    for (const auto& each : reply_) {
      if (each.key() != "usage") whole[each.key()] = each.value();
    }
    whole["object"] = "chat.completion";
    whole["choices"] = std::move(choices);
    if (const auto& usage = member(reply_, "usage"); usage.is_object()) whole["usage"] = usage;
    return to_text(whole);
  }

 private:
  void add_choices(const json::value& choices) {
    const auto* list = choices.if_array();
    if (!list) return;
    for (const auto& piece : *list) choices_[count_member(piece, "index")].add(piece);
  }

  json::object reply_;  // but the choices
  std::map<std::int64_t, Choice> choices_;
};

}  // namespace

base::Result<std::string> to_openai_stream(std::string_view body, UsageChunk usage_chunk) {
  const auto parsed = parse_text(body);
  const auto* reply = parsed ? parsed->if_object() : nullptr;
  const auto* choices = reply ? member(*parsed, "choices").if_array() : nullptr;
  if (!choices || choices->empty()) return bad_reply(kName, "it has no choices");
  const bool with_usage = usage_chunk == UsageChunk::kKeep;
  std::string out;
  const auto add = [&](const json::array& chunk_choices, const json::value& usage) {
    auto chunk = chunk_of(*reply, chunk_choices);
    if (with_usage) chunk["usage"] = usage;
    append_openai_frame(out, chunk);
  };
  for (const auto& choice : *choices) {
    if (!member(choice, "message").is_object()) return bad_reply(kName, "a choice has no message");
    const auto index = value_or(choice, "index", 0);
    json::object first{{"index", index}, {"delta", delta_of(member(choice, "message"))}};
    if (const auto& logprobs = member(choice, "logprobs"); !logprobs.is_null()) first["logprobs"] = logprobs;
    first["finish_reason"] = nullptr;
    add(json::array{std::move(first)}, nullptr);
    const auto reason = value_or(choice, "finish_reason", "stop");
    add(json::array{json::object{{"index", index}, {"delta", json::object()}, {"finish_reason", reason}}}, nullptr);
  }
  if (const auto& usage = member(*parsed, "usage"); with_usage && !usage.is_null()) add({}, usage);
  append_frame(out, {"message", std::string(kOpenAiDone)});
  return out;
}

base::Result<std::string> to_openai_whole(std::string_view frames) {
  ChunkMerger merger;
  SseParser parser(kStreamLimits);
  TRY_STATUS(parser.feed(frames, [&](const SseEvent& event) { return merger.add(event); }));
  return merger.finish();
}

}  // namespace tollgate::llm::gateway
