// The members of OpenAI's replies that count for the gateway.
#pragma once

#include <string_view>

#include "llm/chat.hpp"
#include "llm/gateway/reply_part.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

inline constexpr std::string_view kOpenAiDone = "[DONE]";

StopReason openai_stop_reason(std::string_view finish_reason);
std::string_view openai_finish_reason(StopReason reason);
Usage openai_usage(const json::value& body);  // of a whole reply, or of the chunk that has it
json::object to_openai_usage(const Usage& usage);

}  // namespace tollgate::llm::gateway
