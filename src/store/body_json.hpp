// Bodies on their way into a database and back: canonical JSON, bounded, readable again for certain. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::store {

// `what` names the body in messages. kTooLarge; kInvalidArgument for text that is not UTF-8 or nesting too deep.
base::Result<std::string> encode_body(const base::Value& body, std::string_view what, std::size_t max_bytes);

// kCorrupt, naming `what`, when the stored text is not JSON.
base::Result<base::Value> decode_body(std::string_view json, std::string_view what);

// The event's body with "revision" added.
base::Value with_revision(base::Value event_body, std::int64_t revision);

}  // namespace tollgate::store
