#include "llm/gateway/anthropic_reply.hpp"

#include <algorithm>

namespace tollgate::llm::gateway {

StopReason anthropic_stop_reason(std::string_view stop_reason) {
  if (stop_reason == "end_turn") return StopReason::kEndTurn;
  if (stop_reason == "stop_sequence") return StopReason::kStopSequence;
  if (stop_reason == "max_tokens") return StopReason::kLength;
  if (stop_reason == "model_context_window_exceeded") return StopReason::kContextFull;
  if (stop_reason == "tool_use") return StopReason::kToolUse;
  if (stop_reason == "refusal") return StopReason::kRefusal;
  if (stop_reason == "pause_turn") return StopReason::kPause;
  return StopReason::kOther;
}

std::string_view anthropic_stop_reason(StopReason reason) {
  switch (reason) {
    case StopReason::kStopSequence: return "stop_sequence";
    case StopReason::kLength: return "max_tokens";
    case StopReason::kContextFull: return "model_context_window_exceeded";
    case StopReason::kToolUse: return "tool_use";
    case StopReason::kRefusal: return "refusal";
    case StopReason::kPause: return "pause_turn";
    case StopReason::kEndTurn:
    case StopReason::kOther: return "end_turn";
  }
  return "end_turn";
}

Usage anthropic_usage(const json::value& usage) {
  const auto cached = count_member(usage, "cache_read_input_tokens");
  const auto& writes = member(usage, "cache_creation");
  const auto for_an_hour = count_member(writes, "ephemeral_1h_input_tokens");
  // Older servers give the total alone.
  const auto written = std::max(count_member(usage, "cache_creation_input_tokens"),
                                count_member(writes, "ephemeral_5m_input_tokens") + for_an_hour);
  return {.input_tokens = count_member(usage, "input_tokens") + cached + written,
          .cached_input_tokens = cached,
          .output_tokens = count_member(usage, "output_tokens"),
          .cache_write_tokens = written - for_an_hour,
          .cache_write_1h_tokens = for_an_hour,
          .web_searches = count_member(member(usage, "server_tool_use"), "web_search_requests"),
          .service_tier = service_tier_of(string_member(usage, "service_tier"))};
}

json::object to_anthropic_usage(const Usage& usage) {
  const auto written = usage.cache_write_tokens + usage.cache_write_1h_tokens;
  return {{"input_tokens", std::max<std::int64_t>(0, usage.input_tokens - usage.cached_input_tokens - written)},
          {"cache_creation_input_tokens", written},
          {"cache_read_input_tokens", usage.cached_input_tokens},
          {"cache_creation",
           {{"ephemeral_5m_input_tokens", usage.cache_write_tokens},
            {"ephemeral_1h_input_tokens", usage.cache_write_1h_tokens}}},
          {"output_tokens", usage.output_tokens}};
}

void merge_usage(json::object& all, const json::value& later) {
  const auto* figures = later.if_object();
  if (!figures) return;
  for (const auto& [key, figure] : *figures) {
    if (!figure.is_null()) all[key] = figure;
  }
}

}  // namespace tollgate::llm::gateway
