#include "charter/clean_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

struct Decoded {
  char32_t code_point = 0;
  std::size_t length = 1;
};

// The character at the start of `text`, which is well-formed and not empty.
Decoded decode(std::string_view text) {
  const auto bits = [&](std::size_t i, unsigned mask) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]) & mask);
  };
  if (bits(0, 0x80) == 0) return {bits(0, 0x7f), 1};
  if (bits(0, 0xe0) == 0xc0) return {bits(0, 0x1f) << 6 | bits(1, 0x3f), 2};
  if (bits(0, 0xf0) == 0xe0) return {bits(0, 0x0f) << 12 | bits(1, 0x3f) << 6 | bits(2, 0x3f), 3};
  return {bits(0, 0x07) << 18 | bits(1, 0x3f) << 12 | bits(2, 0x3f) << 6 | bits(3, 0x3f), 4};
}

bool is_line_end(char32_t c) {
  return (c >= U'\n' && c <= U'\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Overrides and isolates would reorder the text around them ("Trojan Source", CVE-2021-42574).
bool is_deceptive(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  const bool no_character = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
  return control || bidi || no_character || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

void append_clean(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto [c, length] = decode(text.substr(i));
    if (c == U'\r' && text.substr(i + 1).starts_with('\n')) {
      // The '\n' that follows stands for both.
    } else if (is_line_end(c)) {
      out += '\n';
    } else if (c == U'\t') {
      out += ' ';
    } else if (!is_deceptive(c)) {
      out += text.substr(i, length);
    }
    i += length;
  }
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (const auto bad = base::find_invalid_utf8(text)) {
    append_clean(out, text.substr(0, *bad));
    out += "\uFFFD";
    text.remove_prefix(*bad + 1);
  }
  append_clean(out, text);
  return out;
}

std::string clean_line(std::string_view text) {
  std::string line = clean(text);
  std::ranges::replace(line, '\n', ' ');
  return std::string(base::trim(line));
}

}  // namespace tollgate::charter
