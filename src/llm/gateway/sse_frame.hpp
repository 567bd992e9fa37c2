// Writes server-sent events: the counterpart of SseParser.
#pragma once

#include <string>

#include "llm/gateway/wire_json.hpp"
#include "llm/sse.hpp"

namespace tollgate::llm::gateway {

// What SseParser reads back as the same event and data; ids are left out.
void append_frame(std::string& out, const SseEvent& event);

void append_openai_frame(std::string& out, const json::value& data);     // "data: {…}"
void append_anthropic_frame(std::string& out, const json::value& data);  // the event's name is the data's "type"

}  // namespace tollgate::llm::gateway
