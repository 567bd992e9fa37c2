#include "llm/openai_wire.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "llm/sse.hpp"
#include "llm/strict_schema.hpp"

namespace tollgate::llm::openai {
namespace {

using base::Value;
using Record = Value::Record;
using List = Value::List;

constexpr std::string_view kName = "openai";
constexpr std::string_view kSetting = "OPENAI_API_KEY and OPENAI_BASE_URL";

std::string system_prompt(const ChatRequest& request, JsonReplies json) {
  if (!request.reply_schema || json == JsonReplies::kJsonSchema) return request.system;
  const auto schema = base::to_json(request.reply_schema->schema);
  return fmt::format("{}{}Reply with one JSON object and nothing else. It must fit this JSON Schema:\n{}",
                     request.system, request.system.empty() ? "" : "\n\n", schema);
}

List write_messages(const ChatRequest& request, JsonReplies json) {
  List messages;
  if (const auto system = system_prompt(request, json); !system.empty()) {
    messages.push_back(Record{{"role", "system"}, {"content", system}});
  }
  for (const auto& message : request.messages) {
    messages.push_back(
        Record{{"role", message.role == Role::kUser ? "user" : "assistant"}, {"content", message.content}});
  }
  return messages;
}

Value response_format(const ReplySchema& schema, JsonReplies json) {
  if (json == JsonReplies::kJsonObject) return Record{{"type", "json_object"}};
  return Record{{"type", "json_schema"},
                {"json_schema", Record{{"name", schema.name},
                                       {"strict", requires_everything(schema.schema)},
                                       {"schema", to_strict_schema(schema.schema)}}}};
}

FinishReason read_finish(std::string_view reason) {
  if (reason == "stop" || reason == "tool_calls" || reason == "function_call") return FinishReason::kStop;
  if (reason == "length") return FinishReason::kLength;
  if (reason == "content_filter") return FinishReason::kRefusal;
  return FinishReason::kOther;
}

Usage read_usage(const Value& body) {
  const auto& usage = body["usage"];
  const auto& details = usage["prompt_tokens_details"];
  return {count_of(usage, "prompt_tokens"),
          count_of(details, "cached_tokens"),
          count_of(usage, "completion_tokens"),
          count_of(details, "cache_write_tokens"),
          0,
          0,
          service_tier_of(body.string_or("service_tier", ""))};
}

ProviderFailure read_failure(int status, const Value& body) {
  const auto& error = body["error"];
  ProviderFailure failure{kName, kSetting, status};
  failure.type = error.string_or("type", "");
  failure.code = error.string_or("code", "");
  failure.message = error.is_string() ? *error.if_string() : std::string(error.string_or("message", ""));
  return failure;
}

// The text of a message or a delta; a refusal comes in a member of its own.
std::string_view read_text(const Value& message, ChatReply& reply) {
  if (const auto refusal = message.string_or("refusal", ""); !refusal.empty()) {
    reply.finish = FinishReason::kRefusal;
    return refusal;
  }
  return message.string_or("content", "");
}

const Value& first_choice(const Value& body) {
  static const Value kNone;
  const auto* choices = body["choices"].if_list();
  return choices && !choices->empty() ? choices->front() : kNone;
}

class Reader final : public StreamReader {
 public:
  base::Status feed(std::string_view input, const TextSink& on_text) override {
    return parser_.feed(input, [&](const SseEvent& event) { return on_event(event, on_text); });
  }

  // [DONE] may be missing, or lack its empty line: what counts is that the choice has finished.
  base::Result<ChatReply> finish(const TextSink&) override {
    if (!finished_) return bad_reply(kName, "the stream ended before the message did");
    return std::move(reply_);
  }

 private:
  base::Status on_event(const SseEvent& event, const TextSink& on_text) {
    if (event.data == "[DONE]") return {};
    TRY(const Value chunk, parse_object(kName, event.data));
    if (!chunk["error"].is_null()) return base::fail(to_error(read_failure(200, chunk)));
    if (reply_.model.empty()) reply_.model = chunk.string_or("model", "");
    if (chunk["usage"].is_record()) reply_.usage = read_usage(chunk);
    const auto& choice = first_choice(chunk);
    if (const auto piece = read_text(choice["delta"], reply_); !piece.empty()) {
      reply_.text += piece;
      if (on_text) on_text(piece);
    }
    if (const auto reason = choice.string_or("finish_reason", ""); !reason.empty()) {
      if (reply_.finish != FinishReason::kRefusal) reply_.finish = read_finish(reason);
      finished_ = true;
    }
    return {};
  }

  SseParser parser_;
  ChatReply reply_;
  bool finished_ = false;
};

}  // namespace

std::string write_request(const ChatRequest& request, Options options, Delivery delivery) {
  const auto* limit = options.token_limit == TokenLimit::kMaxTokens ? "max_tokens" : "max_completion_tokens";
  Record body{
      {"model", request.model}, {limit, request.max_tokens}, {"messages", write_messages(request, options.json)}};
  if (request.temperature) body["temperature"] = number(*request.temperature);
  if (request.reply_schema) body["response_format"] = response_format(*request.reply_schema, options.json);
  if (delivery == Delivery::kStreamed) {
    body["stream"] = true;
    body["stream_options"] = Record{{"include_usage", true}};
  }
  return base::to_json(Value(std::move(body)));
}

base::Result<ChatReply> read_reply(std::string_view text) {
  TRY(const Value body, parse_object(kName, text));
  if (!body["error"].is_null()) return base::fail(to_error(read_failure(200, body)));
  const auto& choice = first_choice(body);
  if (!choice["message"].is_record()) return bad_reply(kName, "it has no choices");
  ChatReply reply;
  reply.finish = read_finish(choice.string_or("finish_reason", ""));
  reply.text = read_text(choice["message"], reply);
  reply.usage = read_usage(body);
  reply.model = body.string_or("model", "");
  return reply;
}

std::unique_ptr<StreamReader> make_stream_reader() {
  return std::make_unique<Reader>();
}

base::Error read_error(int status, std::string_view body) {
  return to_error(read_failure(status, parse_object(kName, body).value_or(Value())));
}

}  // namespace tollgate::llm::openai
