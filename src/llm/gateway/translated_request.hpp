// Translates a request, object to object. docs/gateway.md has the table of what becomes of each member: it is
// translated, dropped because the reply means the same without it, or refused by name.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/openai_wire.hpp"

namespace tollgate::llm::gateway {

// Anthropic has no default of its own for the length of a reply.
inline constexpr std::int64_t kDefaultMaxTokens = 4096;

base::Result<json::object> to_anthropic_request(const json::object& openai, std::string_view model);

base::Result<json::object> to_openai_request(const json::object& anthropic, std::string_view model,
                                             openai::TokenLimit limit);

}  // namespace tollgate::llm::gateway
