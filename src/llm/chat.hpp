// One exchange with a large language model, in no provider's dialect. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"

namespace tollgate::llm {

enum class Tier { kFast, kBalanced, kPowerful };

// What a call is for: decides its tier, and labels metrics and prompts.
enum class Task { kAssess, kDraft, kFollowUp, kConsistency };

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

struct ChatRequest {
  Task task = Task::kAssess;
  std::string model;
  std::string system{};
  std::vector<Message> messages;
  std::optional<ReplySchema> reply_schema{};
  std::int64_t max_tokens = 2000;
  std::optional<double> temperature{};  // absent: the model's own default
};

struct Usage {
  std::int64_t input_tokens = 0;         // all of the prompt, cached or not
  std::int64_t cached_input_tokens = 0;  // the part of it read from the provider's cache
  std::int64_t output_tokens = 0;        // reasoning included
};

enum class FinishReason { kStop, kLength, kRefusal, kOther };

struct ChatReply {
  std::string text;
  FinishReason finish = FinishReason::kStop;
  Usage usage;
  std::string provider{};
  std::string model{};       // as the provider names it
  std::string request_id{};  // the provider's; empty when it sends none
  std::chrono::milliseconds latency{};
};

}  // namespace tollgate::llm
