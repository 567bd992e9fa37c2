#include "llm/anthropic_wire.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "llm/sse.hpp"
#include "llm/strict_schema.hpp"

namespace tollgate::llm::anthropic {
namespace {

using base::Value;
using Record = Value::Record;
using List = Value::List;

constexpr std::string_view kName = "anthropic";
constexpr std::string_view kKeySetting = "ANTHROPIC_API_KEY";

List write_messages(const ChatRequest& request) {
  List messages;
  for (const auto& message : request.messages) {
    messages.push_back(
        Record{{"role", message.role == Role::kUser ? "user" : "assistant"}, {"content", message.content}});
  }
  return messages;
}

void add_schema(Record& body, const ReplySchema& schema, JsonReplies json) {
  if (json == JsonReplies::kOutputFormat) {
    body["output_config"] =
        Record{{"format", Record{{"type", "json_schema"}, {"schema", to_strict_schema(schema.schema)}}}};
    return;
  }
  body["tools"] = List{Record{{"name", schema.name},
                              {"description", "Hands over the reply. Call it once, with the whole reply."},
                              {"input_schema", schema.schema}}};
  body["tool_choice"] = Record{{"type", "tool"}, {"name", schema.name}, {"disable_parallel_tool_use", true}};
}

FinishReason read_finish(std::string_view reason) {
  if (reason == "end_turn" || reason == "stop_sequence" || reason == "tool_use") return FinishReason::kStop;
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") return FinishReason::kLength;
  if (reason == "refusal") return FinishReason::kRefusal;
  return FinishReason::kOther;
}

// The API's input_tokens leave out what was written to and read from its cache.
Usage read_usage(const Value& usage) {
  const auto cached = count_of(usage, "cache_read_input_tokens");
  const auto& writes = usage["cache_creation"];
  const auto for_an_hour = count_of(writes, "ephemeral_1h_input_tokens");
  // Older servers give the total alone.
  const auto written = std::max(count_of(usage, "cache_creation_input_tokens"),
                                count_of(writes, "ephemeral_5m_input_tokens") + for_an_hour);
  return {count_of(usage, "input_tokens") + written + cached,
          cached,
          count_of(usage, "output_tokens"),
          written - for_an_hour,
          for_an_hour,
          count_of(usage["server_tool_use"], "web_search_requests"),
          service_tier_of(usage.string_or("service_tier", ""))};
}

ProviderFailure read_failure(int status, const Value& body) {
  const auto& error = body["error"];
  ProviderFailure failure{kName, kKeySetting, status};
  failure.type = error.string_or("type", "");
  failure.message = error.string_or("message", "");
  return failure;
}

class Reader final : public StreamReader {
 public:
  base::Status feed(std::string_view input, const TextSink& on_text) override {
    return parser_.feed(input, [&](const SseEvent& event) { return on_event(event, on_text); });
  }

  base::Result<ChatReply> finish(const TextSink&) override {
    if (!stopped_) return bad_reply(kName, "the stream ended before the message did");
    reply_.usage = read_usage(Value(usage_));
    return std::move(reply_);
  }

 private:
  base::Status on_event(const SseEvent& event, const TextSink& on_text) {
    TRY(const Value body, parse_object(kName, event.data));
    const auto type = body.string_or("type", "");
    if (type == "message_start") {
      reply_.model = body["message"].string_or("model", "");
      merge_usage(body["message"]["usage"]);
    } else if (type == "content_block_delta") {
      take_delta(body["delta"], on_text);
    } else if (type == "message_delta") {
      reply_.finish = read_finish(body["delta"].string_or("stop_reason", ""));
      merge_usage(body["usage"]);
    } else if (type == "message_stop") {
      stopped_ = true;
    } else if (type == "error") {
      return base::fail(to_error(read_failure(200, body)));
    }
    return {};  // ping, block boundaries, and whatever may be added later
  }

  void take_delta(const Value& delta, const TextSink& on_text) {
    const auto kind = delta.string_or("type", "");
    std::string_view piece;
    if (kind == "text_delta") piece = delta.string_or("text", "");
    if (kind == "input_json_delta") piece = delta.string_or("partial_json", "");
    if (piece.empty()) return;
    reply_.text += piece;
    if (on_text) on_text(piece);
  }

  // Later figures are totals, and replace earlier ones.
  void merge_usage(const Value& usage) {
    if (const auto* figures = usage.if_record()) {
      for (const auto& [key, figure] : *figures) usage_[key] = figure;
    }
  }

  SseParser parser_;
  ChatReply reply_;
  Record usage_;
  bool stopped_ = false;
};

}  // namespace

std::string write_request(const ChatRequest& request, JsonReplies json, Delivery delivery) {
  Record body{{"model", request.model}, {"max_tokens", request.max_tokens}, {"messages", write_messages(request)}};
  if (!request.system.empty()) body["system"] = request.system;
  if (request.temperature) body["temperature"] = number(*request.temperature);
  if (request.reply_schema) add_schema(body, *request.reply_schema, json);
  if (delivery == Delivery::kStreamed) body["stream"] = true;
  return base::to_json(Value(std::move(body)));
}

base::Result<ChatReply> read_reply(std::string_view text) {
  TRY(const Value body, parse_object(kName, text));
  const auto* content = body["content"].if_list();
  if (!content) return bad_reply(kName, "it has no content");
  ChatReply reply;
  for (const auto& block : *content) {
    const auto type = block.string_or("type", "");
    if (type == "text") reply.text += block.string_or("text", "");
    if (type == "tool_use") reply.text += base::to_json(block["input"]);
  }
  reply.finish = read_finish(body.string_or("stop_reason", ""));
  reply.usage = read_usage(body["usage"]);
  reply.model = body.string_or("model", "");
  return reply;
}

std::unique_ptr<StreamReader> make_stream_reader() {
  return std::make_unique<Reader>();
}

base::Error read_error(int status, std::string_view body) {
  return to_error(read_failure(status, parse_object(kName, body).value_or(Value())));
}

}  // namespace tollgate::llm::anthropic
