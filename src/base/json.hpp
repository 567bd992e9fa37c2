// JSON text to Value and back.
//
// Reading is strict RFC 8259 within bounds: depth 64, valid UTF-8, no duplicate keys, numbers of at most 36 digits,
// which stay exact. Writing is canonical: keys sorted, no white space, each number in its shortest exact form; equal
// values give equal bytes, so the text can be hashed. Durations, dates and money are written as strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::base {

inline constexpr std::size_t kMaxJsonBytes = std::size_t{64} << 20;

// kInvalidArgument names the byte offset; kTooLarge when `text` exceeds `max_bytes`.
Result<Value> parse_json(std::string_view text, std::size_t max_bytes = kMaxJsonBytes);

std::string to_json(const Value& value);         // canonical
std::string to_pretty_json(const Value& value);  // the same with line breaks and two-space indents

}  // namespace tollgate::base
