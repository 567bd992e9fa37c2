#include "llm/ollama_wire.hpp"

#include <utility>

#include "base/json.hpp"
#include "llm/ndjson.hpp"

namespace tollgate::llm::ollama {
namespace {

using base::Value;
using Record = Value::Record;
using List = Value::List;

constexpr std::string_view kName = "ollama";
constexpr std::string_view kSetting = "OLLAMA_HOST";

List write_messages(const ChatRequest& request) {
  List messages;
  if (!request.system.empty()) messages.push_back(Record{{"role", "system"}, {"content", request.system}});
  for (const auto& message : request.messages) {
    messages.push_back(
        Record{{"role", message.role == Role::kUser ? "user" : "assistant"}, {"content", message.content}});
  }
  return messages;
}

FinishReason read_finish(std::string_view reason) {
  if (reason == "stop" || reason.empty()) return FinishReason::kStop;  // older servers give no reason
  return reason == "length" ? FinishReason::kLength : FinishReason::kOther;
}

ProviderFailure read_failure(int status, const Value& body) {
  ProviderFailure failure{kName, kSetting, status};
  const auto& error = body["error"];  // an object in replies to OpenAI's format
  failure.message = error.is_string() ? *error.if_string() : std::string(error.string_or("message", ""));
  return failure;
}

void read_end(const Value& body, ChatReply& reply) {
  reply.finish = read_finish(body.string_or("done_reason", ""));
  reply.usage = {count_of(body, "prompt_eval_count"), 0, count_of(body, "eval_count")};
  reply.model = body.string_or("model", "");
}

class Reader final : public StreamReader {
 public:
  base::Status feed(std::string_view input, const TextSink& on_text) override {
    return splitter_.feed(input, [&](std::string_view line) { return on_line(line, on_text); });
  }

  base::Result<ChatReply> finish(const TextSink& on_text) override {
    TRY_STATUS(splitter_.finish([&](std::string_view line) { return on_line(line, on_text); }));
    if (!done_) return bad_reply(kName, "the stream ended before the message did");
    return std::move(reply_);
  }

 private:
  base::Status on_line(std::string_view line, const TextSink& on_text) {
    TRY(const Value part, parse_object(kName, line));
    if (part.find("error")) return base::fail(to_error(read_failure(200, part)));
    if (const auto piece = part["message"].string_or("content", ""); !piece.empty()) {
      reply_.text += piece;
      if (on_text) on_text(piece);
    }
    if (const auto* done = part["done"].if_bool(); done && *done) {
      read_end(part, reply_);
      done_ = true;
    }
    return {};
  }

  NdjsonSplitter splitter_;
  ChatReply reply_;
  bool done_ = false;
};

}  // namespace

std::string write_request(const ChatRequest& request, Delivery delivery) {
  Record options{{"num_predict", request.max_tokens}};
  if (request.temperature) options["temperature"] = number(*request.temperature);
  Record body{{"model", request.model},
              {"messages", write_messages(request)},
              {"options", std::move(options)},
              {"stream", delivery == Delivery::kStreamed}};
  if (request.reply_schema) body["format"] = request.reply_schema->schema;
  return base::to_json(Value(std::move(body)));
}

base::Result<ChatReply> read_reply(std::string_view text) {
  TRY(const Value body, parse_object(kName, text));
  if (body.find("error")) return base::fail(to_error(read_failure(200, body)));
  if (!body["message"].is_record()) return bad_reply(kName, "it has no message");
  ChatReply reply;
  reply.text = body["message"].string_or("content", "");
  read_end(body, reply);
  return reply;
}

std::unique_ptr<StreamReader> make_stream_reader() {
  return std::make_unique<Reader>();
}

base::Error read_error(int status, std::string_view body) {
  return to_error(read_failure(status, parse_object(kName, body).value_or(Value())));
}

}  // namespace tollgate::llm::ollama
