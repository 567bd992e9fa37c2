#include "charter/links.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

constexpr std::size_t kMaxUrlBytes = 2000;
constexpr std::size_t kMaxAnchorBytes = 200;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_letter_or_digit(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

bool stays(char c) {
  return is_letter_or_digit(c) || std::string_view("-._~:/?#@!$&*+,;=%").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> safe_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return std::nullopt;
  const std::string lower = base::lower_ascii(url);
  const std::size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme || !is_letter_or_digit(url[scheme])) return std::nullopt;
  std::string safe;
  for (const char c : url) {
    if (stays(c)) {
      safe += c;
    } else {
      safe += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return safe;
}

bool is_anchor(std::string_view anchor) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == ':'; };
  return !anchor.empty() && anchor.size() <= kMaxAnchorBytes && is_letter(anchor.front()) &&
         std::ranges::all_of(anchor, allowed);
}

}  // namespace tollgate::charter
