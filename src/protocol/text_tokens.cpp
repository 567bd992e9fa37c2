#include "protocol/text_tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::uint32_t kRightQuote = 0x2019;  // ’, also the typographic apostrophe

struct Character {
  std::uint32_t code_point = 0;
  std::size_t size = 1;
};

// The character at `at`; 0 for a byte that is no UTF-8.
Character decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || at + size > text.size()) return {};
  std::uint32_t code_point = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xc0) != 0x80) return {};
    code_point = (code_point << 6) | (byte & 0x3f);
  }
  return {code_point, size};
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// Blocks beyond ASCII that hold spaces, punctuation and symbols, not letters.
constexpr std::array<Range, 19> kSeparators = {{{0x80, 0xa9},
                                                {0xab, 0xb4},
                                                {0xb6, 0xb9},
                                                {0xbb, 0xbf},
                                                {0xd7, 0xd7},
                                                {0xf7, 0xf7},
                                                {0x60c, 0x60c},
                                                {0x61b, 0x61f},
                                                {0x964, 0x965},
                                                {0x2000, 0x206f},
                                                {0x20a0, 0x20cf},
                                                {0x2190, 0x2bff},
                                                {0x3000, 0x303f},
                                                {0xfe00, 0xfe6f},
                                                {0xfeff, 0xfeff},
                                                {0xff00, 0xff0f},
                                                {0xff1a, 0xff20},
                                                {0xfff0, 0xffff},
                                                {0x1f000, 0x1faff}}};

bool is_digit(std::uint32_t c) {
  return c >= '0' && c <= '9';
}

bool is_word_character(std::uint32_t c) {
  if (c < 0x80) return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return std::none_of(kSeparators.begin(), kSeparators.end(),
                      [c](Range range) { return c >= range.first && c <= range.last; });
}

bool joins(std::uint32_t before, std::uint32_t between, std::uint32_t after) {
  if (!is_word_character(after)) return false;
  if (between == '\'' || between == kRightQuote || between == '-' || between == '_') return true;
  const bool in_number = between == '.' || between == ',' || between == ':' || between == '/';
  return in_number && is_digit(before) && is_digit(after);
}

std::size_t end_of_word(std::string_view prose, std::size_t at) {
  std::uint32_t before = 0;
  while (at < prose.size()) {
    const auto current = decode(prose, at);
    if (is_word_character(current.code_point)) {
      before = current.code_point;
      at += current.size;
      continue;
    }
    const std::size_t next = at + current.size;
    if (next >= prose.size() || !joins(before, current.code_point, decode(prose, next).code_point)) break;
    at = next;
  }
  return at;
}

std::string lowered(std::string_view word) {
  constexpr std::string_view kTypographic = "’";
  std::string lower;
  lower.reserve(word.size());
  for (std::size_t at = 0; at < word.size();) {
    const bool is_apostrophe = word.substr(at).starts_with(kTypographic);
    lower += is_apostrophe ? '\'' : word[at];
    at += is_apostrophe ? kTypographic.size() : 1;
  }
  lower = base::lower_ascii(lower);
  return lower;
}

bool ends_sentence(std::uint32_t c) {
  return c == '.' || c == '!' || c == '?' || c == ':' || c == '\n' || c == 0x3002;
}

}  // namespace

std::vector<Word> split_words(std::string_view prose) {
  std::vector<Word> words;
  bool starts_sentence = true;
  for (std::size_t at = 0; at < prose.size();) {
    const auto current = decode(prose, at);
    if (!is_word_character(current.code_point)) {
      starts_sentence = starts_sentence || ends_sentence(current.code_point);
      at += current.size;
      continue;
    }
    const std::size_t end = end_of_word(prose, at);
    const auto text = prose.substr(at, end - at);
    words.push_back({text, lowered(text), at, starts_sentence});
    starts_sentence = false;
    at = end;
  }
  return words;
}

}  // namespace tollgate::protocol
