// Plain-text basics: UTF-8 validity, trimming, case folding, splitting, and the nearest name for "did you mean".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::base {

// The offset of the first byte that is not well-formed UTF-8 (RFC 3629), or nullopt.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string lower_ascii(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string shortened(std::string_view text, std::size_t max_bytes);  // cut at a character, with "…"

// The candidate nearest to `word` by edit distance, if near enough to be what was meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace tollgate::base
