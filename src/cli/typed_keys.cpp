#include "cli/typed_keys.hpp"

#include <algorithm>
#include <cstddef>

namespace tollgate::cli {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::string_view kPasteBegins = "\x1b[200~";
constexpr std::string_view kPasteEnds = "\x1b[201~";

// Bytes of the sequence that `text` begins with: ESC, then "[" or "O" with parameters and a final byte, or one byte.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] != '[' && text[1] != 'O') return 2;
  const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
  const auto end = std::find_if(text.begin() + 2, text.end(), is_final);
  return static_cast<std::size_t>(end - text.begin()) + (end == text.end() ? 0 : 1);
}

bool is_text(char c) {
  return c == '\t' || c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
}

}  // namespace

bool paste_is_open(std::string_view typed) {
  const auto begin = typed.rfind(kPasteBegins);
  return begin != std::string_view::npos && typed.find(kPasteEnds, begin) == std::string_view::npos;
}

std::string text_of_keys(std::string_view typed) {
  std::string text;
  for (std::size_t i = 0; i < typed.size();) {
    if (typed[i] == kEscape) {
      i += sequence_length(typed.substr(i));
      continue;
    }
    if (is_text(typed[i])) text += typed[i];
    ++i;
  }
  return text;
}

}  // namespace tollgate::cli
