// Finds the JSON value in what a model wrote: the whole text, or an object or list inside a fence or between prose.
//
// Deterministic and bounded: if the whole text is no JSON, the largest object or list in it is taken (the first of
// equal ones), and at most 64 places where one could begin are tried.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::llm {

inline constexpr std::size_t kMaxReplyBytes = std::size_t{1} << 20;

// kBadReply when there is none; kTooLarge beyond kMaxReplyBytes. Messages do not repeat the text.
base::Result<base::Value> extract_json(std::string_view reply);

}  // namespace tollgate::llm
