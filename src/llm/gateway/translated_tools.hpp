// Translates the tools of a request and which of them the model may or must call.
#pragma once

#include "base/result.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

base::Result<json::array> to_anthropic_tools(const json::value& openai_tools);

// From tool_choice and parallel_tool_calls; null when neither says anything.
base::Result<json::value> to_anthropic_tool_choice(const json::value& choice, const json::value& parallel);

base::Result<json::array> to_openai_tools(const json::value& anthropic_tools);
base::Result<json::value> to_openai_tool_choice(const json::value& choice);

}  // namespace tollgate::llm::gateway
