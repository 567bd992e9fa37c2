#include "base/money.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace tollgate::base {
namespace {

bool is_upper_code(std::string_view word) {
  if (word.size() != 3) return false;
  for (const char c : word) {
    if (c < 'A' || c > 'Z') return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes a currency off the front or the back of `text`.
std::optional<std::string> take_currency(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSymbols = {
      {{"€", "EUR"}, {"$", "USD"}, {"£", "GBP"}, {"¥", "JPY"}}};
  for (const auto& [symbol, code] : kSymbols) {
    if (text.starts_with(symbol)) {
      text = trimmed(text.substr(symbol.size()));
      return std::string(code);
    }
    if (text.ends_with(symbol)) {
      text = trimmed(text.substr(0, text.size() - symbol.size()));
      return std::string(code);
    }
  }
  if (text.size() > 3 && is_upper_code(text.substr(0, 3))) {
    std::string code(text.substr(0, 3));
    text = trimmed(text.substr(3));
    return code;
  }
  if (text.size() > 3 && is_upper_code(text.substr(text.size() - 3))) {
    std::string code(text.substr(text.size() - 3));
    text = trimmed(text.substr(0, text.size() - 3));
    return code;
  }
  return std::nullopt;
}

std::optional<Decimal> take_magnitude(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 9> kMagnitudes = {{{"thousand", 1'000},
                                                                                     {"million", 1'000'000},
                                                                                     {"billion", 1'000'000'000},
                                                                                     {"bn", 1'000'000'000},
                                                                                     {"mn", 1'000'000},
                                                                                     {"k", 1'000},
                                                                                     {"K", 1'000},
                                                                                     {"M", 1'000'000},
                                                                                     {"m", 1'000'000}}};
  for (const auto& [word, factor] : kMagnitudes) {
    if (text.ends_with(word)) {
      text = trimmed(text.substr(0, text.size() - word.size()));
      return Decimal(factor);
    }
  }
  return Decimal(1);
}

// Removes thousands separators; each group after the first must have three digits.
std::optional<std::string> without_separators(std::string_view text) {
  std::string digits;
  int group = -1;  // digits since the last separator; -1 before the first
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (group >= 0 && group != 3) return std::nullopt;
      return digits + std::string(text.substr(i));
    }
    if (c == ',' || c == '\'' || c == '_' || c == ' ') {
      if (group >= 0 && group != 3) return std::nullopt;
      group = 0;
      continue;
    }
    digits.push_back(c);
    if (group >= 0) ++group;
  }
  if (group >= 0 && group != 3) return std::nullopt;
  return digits;
}

}  // namespace

std::optional<Money> Money::parse(std::string_view text) {
  text = trimmed(text);
  auto currency = take_currency(text);
  if (!currency) return std::nullopt;
  const auto magnitude = take_magnitude(text);
  const auto digits = without_separators(text);
  if (!digits) return std::nullopt;
  const auto number = Decimal::parse(*digits);
  const auto amount = number ? multiply(*number, *magnitude) : std::nullopt;
  if (!amount) return std::nullopt;
  return Money{*amount, *std::move(currency)};
}

std::string Money::to_string() const {
  std::string digits = amount.to_string();
  const std::size_t start = digits.front() == '-' ? 1 : 0;
  std::size_t end = digits.find('.');
  if (end == std::string::npos) end = digits.size();
  for (std::size_t i = end; i > start + 3; i -= 3) digits.insert(i - 3, 1, ',');
  return currency + ' ' + digits;
}

}  // namespace tollgate::base
