// One exchange with a large language model, in no provider's dialect. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "net/http_message.hpp"

namespace tollgate::llm {

enum class Tier { kFast, kBalanced, kPowerful };

// What a call is for: decides its tier, and labels metrics and prompts.
// kGateway: a call of a client of ours, passed on.
enum class Task { kAssess, kDraft, kFollowUp, kConsistency, kGateway };

std::string_view name(Tier tier);
std::string_view name(Task task);

enum class Role { kUser, kAssistant };

struct Message {
  Role role = Role::kUser;
  std::string content;
};

// The reply must be one JSON value that fits `schema` (JSON Schema 2020-12: the subset of json_schema.hpp).
struct ReplySchema {
  std::string name;  // [a-zA-Z0-9_-]{1,64}
  base::Value schema;
};

// The formats that the gateway takes requests in.
enum class WireFormat { kOpenAi, kAnthropic };

// A request as a client of the gateway wrote it, to be passed on with as little change as the provider allows.
struct WireRequest {
  WireFormat format = WireFormat::kOpenAi;
  std::string body;  // one JSON object; ChatRequest::model counts instead of the model it names
  bool streamed = false;
  std::vector<net::HttpHeader> headers{};  // those that change its meaning: anthropic-version, anthropic-beta
};

struct ChatRequest {
  Task task = Task::kAssess;
  std::string model;
  std::optional<WireRequest> wire{};  // then of the others only `task` and `model` count
  std::string system{};
  std::vector<Message> messages;
  std::optional<ReplySchema> reply_schema{};
  std::int64_t max_tokens = 2000;
  std::optional<double> temperature{};  // absent: the model's own default
};

struct Usage {
  std::int64_t input_tokens = 0;           // all of the prompt, cached or not
  std::int64_t cached_input_tokens = 0;    // the part of it read from the provider's cache
  std::int64_t output_tokens = 0;          // reasoning included
  std::int64_t cache_write_tokens = 0;     // the part of the input written to the provider's cache for 5 minutes
  std::int64_t cache_write_1h_tokens = 0;  // and for an hour
};

enum class FinishReason { kStop, kLength, kRefusal, kOther };

struct ChatReply {
  std::string
      text;  // of a wire request: the whole reply in the client's format, a JSON object or all events of a stream
  FinishReason finish = FinishReason::kStop;
  Usage usage;
  std::string provider{};
  std::string model{};       // as the provider names it
  std::string request_id{};  // the provider's; empty when it sends none
  std::chrono::milliseconds latency{};
};

}  // namespace tollgate::llm
