// The members of Anthropic's replies that count for the gateway.
#pragma once

#include <string_view>

#include "llm/chat.hpp"
#include "llm/gateway/reply_part.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

StopReason anthropic_stop_reason(std::string_view stop_reason);
std::string_view anthropic_stop_reason(StopReason reason);

// Anthropic's input_tokens leave out what was read from and written to its cache; ours is the whole prompt.
Usage anthropic_usage(const json::value& usage);
json::object to_anthropic_usage(const Usage& usage);

// Later figures of a stream are totals and replace earlier ones.
void merge_usage(json::object& all, const json::value& later);

}  // namespace tollgate::llm::gateway
