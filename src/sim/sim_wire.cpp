#include "sim/sim_wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::sim {
namespace {

using base::Value;
using Record = Value::Record;
using List = Value::List;

constexpr std::array<std::string_view, 3> kModels = {"sim-fast", "sim-balanced", "sim-powerful"};
constexpr std::string_view kCallId = "call_1";
constexpr std::string_view kCreatedAt = "2026-01-01T00:00:00Z";

bool is_true(const Value& value) {
  return value.if_bool() && *value.if_bool();
}

std::optional<Value> record_or_none(const Value& value) {
  return value.is_record() ? std::optional(value) : std::nullopt;
}

// A tool as either format declares it.
struct Tool {
  std::string_view name;
  const Value& schema;
};
using ReadTool = Tool (*)(const Value&);

Tool anthropic_tool(const Value& tool) {
  return {tool.string_or("name", ""), tool["input_schema"]};
}

Tool openai_tool(const Value& tool) {
  return {tool["function"].string_or("name", ""), tool["function"]["parameters"]};
}

// Makes the reply a call of the tool of that name; of the first one if no name is given.
base::Status demand_tool(const Value& body, std::string_view name, ReadTool read_tool, SimRequest& request) {
  const auto* tools = body["tools"].if_list();
  const List none;
  for (const auto& each : tools ? *tools : none) {
    const auto tool = read_tool(each);
    if (!name.empty() && tool.name != name) continue;
    request.tool = tool.name;
    request.schema = record_or_none(tool.schema).value_or(Record{{"type", "object"}});
    return {};
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("tool_choice: there is no tool \"{}\"", base::shortened(name, 80)));
}

base::Status read_anthropic(const Value& body, SimRequest& request) {
  request.streamed = is_true(body["stream"]);
  request.schema = record_or_none(body["output_config"]["format"]["schema"]);
  const auto& choice = body["tool_choice"];
  const auto type = choice.string_or("type", "");
  if (type != "tool" && type != "any") return {};
  return demand_tool(body, type == "tool" ? choice.string_or("name", "") : "", anthropic_tool, request);
}

// In json_object mode the schema is the last thing in the system prompt.
std::optional<Value> schema_in_prompt(const Value& body) {
  constexpr std::string_view kMark = "JSON Schema:\n";
  const auto* messages = body["messages"].if_list();
  if (!messages || messages->empty()) return std::nullopt;
  const auto content = messages->front().string_or("content", "");
  const auto at = content.rfind(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto schema = base::parse_json(content.substr(at + kMark.size()));
  return schema ? record_or_none(*schema) : std::nullopt;
}

base::Status read_openai(const Value& body, SimRequest& request) {
  request.streamed = is_true(body["stream"]);
  request.wants_usage = is_true(body["stream_options"]["include_usage"]);
  const auto& format = body["response_format"];
  request.schema = record_or_none(format["json_schema"]["schema"]);
  if (format.string_or("type", "") == "json_object") request.schema = schema_in_prompt(body);
  const auto& choice = body["tool_choice"];
  if (choice == Value("required")) return demand_tool(body, "", openai_tool, request);
  if (!choice.is_record()) return {};
  return demand_tool(body, choice["function"].string_or("name", ""), openai_tool, request);
}

void read_ollama(const Value& body, SimRequest& request) {
  request.streamed = !body["stream"].if_bool() || is_true(body["stream"]);
  request.schema = record_or_none(body["format"]);
}

Value anthropic_usage(const SimReply& reply) {
  return Record{{"input_tokens", reply.input_tokens},
                {"cache_creation_input_tokens", 0},
                {"cache_read_input_tokens", 0},
                {"output_tokens", reply.output_tokens}};
}

Value anthropic_message(const SimRequest& request, const SimReply& reply, List content) {
  return Record{{"id", reply.id},
                {"type", "message"},
                {"role", "assistant"},
                {"model", request.model},
                {"content", std::move(content)},
                {"stop_reason", request.tool.empty() ? "end_turn" : "tool_use"},
                {"stop_sequence", nullptr},
                {"usage", anthropic_usage(reply)}};
}

Value openai_usage(const SimReply& reply) {
  return Record{{"prompt_tokens", reply.input_tokens},
                {"completion_tokens", reply.output_tokens},
                {"total_tokens", reply.input_tokens + reply.output_tokens},
                {"prompt_tokens_details", Record{{"cached_tokens", 0}}}};
}

Record ollama_message(const SimRequest& request, std::string_view text) {
  return {{"model", request.model},
          {"created_at", kCreatedAt},
          {"message", Record{{"role", "assistant"}, {"content", text}}},
          {"done", false}};
}

Value ollama_end(const SimRequest& request, const SimReply& reply, std::string_view text) {
  Record end = ollama_message(request, text);
  end["done"] = true;
  end["done_reason"] = "stop";
  end["prompt_eval_count"] = reply.input_tokens;
  end["eval_count"] = reply.output_tokens;
  end["total_duration"] = std::int64_t{1'000'000};
  return end;
}

std::string sse(std::string_view event, Record data) {
  data["type"] = event;
  return fmt::format("event: {}\ndata: {}\n\n", event, base::to_json(Value(std::move(data))));
}

std::vector<std::string_view> pieces_of(std::string_view text, std::size_t piece_bytes) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < text.size();) {
    auto size = std::min(piece_bytes, text.size() - at);
    while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) ++size;
    pieces.push_back(text.substr(at, size));
    at += size;
  }
  return pieces;
}

std::vector<std::string> anthropic_stream(const SimRequest& request, const SimReply& reply, std::size_t piece_bytes) {
  Value message = anthropic_message(request, reply, {});
  auto& start = *message.if_record();
  start["stop_reason"] = nullptr;
  start["usage"] = Record{{"input_tokens", reply.input_tokens}, {"output_tokens", 1}};
  const bool tool = !request.tool.empty();
  Record block = tool ? Record{{"type", "tool_use"}, {"id", kCallId}, {"name", request.tool}, {"input", Record{}}}
                      : Record{{"type", "text"}, {"text", ""}};
  std::vector<std::string> frames;
  frames.push_back(sse("message_start", {{"message", std::move(message)}}) +
                   sse("content_block_start", {{"index", 0}, {"content_block", std::move(block)}}));
  for (const auto piece : pieces_of(reply.text, piece_bytes)) {
    Record delta = tool ? Record{{"type", "input_json_delta"}, {"partial_json", piece}}
                        : Record{{"type", "text_delta"}, {"text", piece}};
    frames.push_back(sse("content_block_delta", {{"index", 0}, {"delta", std::move(delta)}}));
  }
  frames.push_back(sse("content_block_stop", {{"index", 0}}) +
                   sse("message_delta", {{"delta", Record{{"stop_reason", tool ? "tool_use" : "end_turn"}}},
                                         {"usage", Record{{"output_tokens", reply.output_tokens}}}}) +
                   sse("message_stop", {}));
  return frames;
}

std::string openai_chunk(const SimRequest& request, const SimReply& reply, List choices, Value usage) {
  Record chunk{{"id", reply.id},
               {"object", "chat.completion.chunk"},
               {"created", 1767225600},
               {"model", request.model},
               {"choices", std::move(choices)}};
  if (request.wants_usage) chunk["usage"] = std::move(usage);
  return fmt::format("data: {}\n\n", base::to_json(Value(std::move(chunk))));
}

List openai_choice(Record delta, Value finish_reason) {
  return {Record{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(finish_reason)}}};
}

Record openai_call(const SimRequest& request, std::string_view arguments) {
  return {
      {"id", kCallId}, {"type", "function"}, {"function", Record{{"name", request.tool}, {"arguments", arguments}}}};
}

Record openai_message(const SimRequest& request, std::string_view text) {
  Record message{{"role", "assistant"}, {"content", text}, {"refusal", nullptr}};
  if (!request.tool.empty()) {
    message["content"] = nullptr;
    message["tool_calls"] = List{openai_call(request, text)};
  }
  return message;
}

Record openai_begin(const SimRequest& request) {
  if (request.tool.empty()) return {{"role", "assistant"}, {"content", ""}};
  Record call = openai_call(request, "");
  call["index"] = 0;
  return {{"role", "assistant"}, {"content", nullptr}, {"tool_calls", List{std::move(call)}}};
}

Record openai_piece(const SimRequest& request, std::string_view piece) {
  if (request.tool.empty()) return {{"content", piece}};
  return {{"tool_calls", List{Record{{"index", 0}, {"function", Record{{"arguments", piece}}}}}}};
}

std::string_view openai_ending(const SimRequest& request) {
  return request.tool.empty() ? "stop" : "tool_calls";
}

std::vector<std::string> openai_stream(const SimRequest& request, const SimReply& reply, std::size_t piece_bytes) {
  std::vector<std::string> frames;
  frames.push_back(openai_chunk(request, reply, openai_choice(openai_begin(request), {}), {}));
  for (const auto piece : pieces_of(reply.text, piece_bytes)) {
    frames.push_back(openai_chunk(request, reply, openai_choice(openai_piece(request, piece), {}), {}));
  }
  std::string end = openai_chunk(request, reply, openai_choice({}, openai_ending(request)), {});
  if (request.wants_usage) end += openai_chunk(request, reply, {}, openai_usage(reply));
  frames.push_back(end + "data: [DONE]\n\n");
  return frames;
}

std::vector<std::string> ollama_stream(const SimRequest& request, const SimReply& reply, std::size_t piece_bytes) {
  std::vector<std::string> frames;
  for (const auto piece : pieces_of(reply.text, piece_bytes)) {
    frames.push_back(base::to_json(Value(ollama_message(request, piece))) + "\n");
  }
  frames.push_back(base::to_json(ollama_end(request, reply, "")) + "\n");
  return frames;
}

std::string_view error_type(int status) {
  switch (status) {
    case 400: return "invalid_request_error";
    case 401: return "authentication_error";
    case 404: return "not_found_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 529: return "overloaded_error";
    default: return "api_error";
  }
}

}  // namespace

std::optional<WireFormat> format_of_path(std::string_view path) {
  if (path == "/v1/messages") return WireFormat::kAnthropic;
  if (path == "/v1/chat/completions") return WireFormat::kOpenAi;
  if (path == "/api/chat") return WireFormat::kOllama;
  return std::nullopt;
}

base::Result<SimRequest> read_request(WireFormat format, std::string_view text) {
  TRY(const Value body, base::parse_json(text));
  SimRequest request;
  request.format = format;
  request.model = body.string_or("model", "");
  if (request.model.empty()) return base::fail(base::ErrorCode::kInvalidArgument, "model: field required");
  if (!body["messages"].is_list()) return base::fail(base::ErrorCode::kInvalidArgument, "messages: field required");
  switch (format) {
    case WireFormat::kAnthropic: TRY_STATUS(read_anthropic(body, request)); break;
    case WireFormat::kOpenAi: TRY_STATUS(read_openai(body, request)); break;
    case WireFormat::kOllama: read_ollama(body, request); break;
  }
  request.prompt = base::to_json(Record{{"model", request.model},
                                        {"messages", body["messages"]},
                                        {"system", body["system"]},
                                        {"schema", request.schema.value_or(Value())}});
  return request;
}

std::string write_reply(const SimRequest& request, const SimReply& reply) {
  switch (request.format) {
    case WireFormat::kAnthropic: {
      Record block{{"type", "text"}, {"text", reply.text}};
      if (!request.tool.empty()) {
        block = {{"type", "tool_use"},
                 {"id", kCallId},
                 {"name", request.tool},
                 {"input", base::parse_json(reply.text).value_or(Value())}};
      }
      return base::to_json(anthropic_message(request, reply, {std::move(block)}));
    }
    case WireFormat::kOpenAi:
      return base::to_json(Record{{"id", reply.id},
                                  {"object", "chat.completion"},
                                  {"created", 1767225600},
                                  {"model", request.model},
                                  {"choices", List{Record{{"index", 0},
                                                          {"message", openai_message(request, reply.text)},
                                                          {"finish_reason", openai_ending(request)}}}},
                                  {"usage", openai_usage(reply)}});
    case WireFormat::kOllama: return base::to_json(ollama_end(request, reply, reply.text));
  }
  return {};
}

std::vector<std::string> write_stream(const SimRequest& request, const SimReply& reply, std::size_t piece_bytes) {
  switch (request.format) {
    case WireFormat::kAnthropic: return anthropic_stream(request, reply, piece_bytes);
    case WireFormat::kOpenAi: return openai_stream(request, reply, piece_bytes);
    case WireFormat::kOllama: return ollama_stream(request, reply, piece_bytes);
  }
  return {};
}

std::string_view stream_content_type(WireFormat format) {
  return format == WireFormat::kOllama ? "application/x-ndjson" : "text/event-stream";
}

std::string write_error(WireFormat format, int status, std::string_view message) {
  switch (format) {
    case WireFormat::kAnthropic:
      return base::to_json(
          Record{{"type", "error"}, {"error", Record{{"type", error_type(status)}, {"message", message}}}});
    case WireFormat::kOpenAi:
      return base::to_json(
          Record{{"error",
                  Record{{"message", message}, {"type", error_type(status)}, {"param", nullptr}, {"code", nullptr}}}});
    case WireFormat::kOllama: return base::to_json(Record{{"error", message}});
  }
  return {};
}

std::string write_models(WireFormat format) {
  List models;
  for (const auto model : kModels) {
    models.push_back(format == WireFormat::kOllama
                         ? Record{{"name", model}, {"model", model}, {"modified_at", kCreatedAt}, {"size", 1}}
                         : Record{{"id", model}, {"object", "model"}, {"type", "model"}, {"owned_by", "tollgate-sim"}});
  }
  if (format == WireFormat::kOllama) return base::to_json(Record{{"models", std::move(models)}});
  return base::to_json(Record{{"object", "list"}, {"data", std::move(models)}, {"has_more", false}});
}

}  // namespace tollgate::sim
