// JSON schemas of replies, as far as the services differ in what they take. The order of members stays.
#pragma once

#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

// Anthropic guarantees schemas whose objects are closed; it refuses bounds on values, which move into the description.
json::value to_anthropic_schema(const json::value& schema);

// True when OpenAI's strict mode takes it: every object is closed and requires all its members.
bool is_strict(const json::value& schema);

}  // namespace tollgate::llm::gateway
