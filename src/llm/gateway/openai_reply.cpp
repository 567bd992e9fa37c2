#include "llm/gateway/openai_reply.hpp"

namespace tollgate::llm::gateway {

StopReason openai_stop_reason(std::string_view finish_reason) {
  if (finish_reason == "stop") return StopReason::kEndTurn;
  if (finish_reason == "length") return StopReason::kLength;
  if (finish_reason == "tool_calls" || finish_reason == "function_call") return StopReason::kToolUse;
  if (finish_reason == "content_filter") return StopReason::kRefusal;
  return StopReason::kOther;
}

std::string_view openai_finish_reason(StopReason reason) {
  switch (reason) {
    case StopReason::kLength:
    case StopReason::kContextFull: return "length";
    case StopReason::kToolUse: return "tool_calls";
    case StopReason::kRefusal: return "content_filter";
    case StopReason::kEndTurn:
    case StopReason::kStopSequence:
    case StopReason::kPause:
    case StopReason::kOther: return "stop";
  }
  return "stop";
}

Usage openai_usage(const json::value& body) {
  const auto& usage = member(body, "usage");
  const auto& details = member(usage, "prompt_tokens_details");
  return {.input_tokens = count_member(usage, "prompt_tokens"),
          .cached_input_tokens = count_member(details, "cached_tokens"),
          .output_tokens = count_member(usage, "completion_tokens"),
          .cache_write_tokens = count_member(details, "cache_write_tokens"),
          .service_tier = service_tier_of(string_member(body, "service_tier"))};
}

json::object to_openai_usage(const Usage& usage) {
  json::object details{{"cached_tokens", usage.cached_input_tokens}};
  if (const auto written = usage.cache_write_tokens + usage.cache_write_1h_tokens; written > 0) {
    details["cache_write_tokens"] = written;
  }
  return {{"prompt_tokens", usage.input_tokens},
          {"completion_tokens", usage.output_tokens},
          {"total_tokens", usage.input_tokens + usage.output_tokens},
          {"prompt_tokens_details", std::move(details)}};
}

}  // namespace tollgate::llm::gateway
