#include "base/money.hpp"

#include <algorithm>
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

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Whether a dot with these characters around it may separate thousands: "40" and "000", not "0" and "125".
bool may_group(std::string_view before, std::string_view after) {
  constexpr std::size_t kGroup = 3;
  if (before.starts_with('-') || before.starts_with('+')) before.remove_prefix(1);
  return !before.empty() && before.size() <= kGroup && before.front() != '0' && after.size() == kGroup &&
         std::ranges::all_of(before, is_digit) && std::ranges::all_of(after, is_digit);
}

// Another number of decimals for the same value: "000" becomes "00", "125" becomes "1250".
std::string respelled(std::string_view decimals) {
  return decimals.ends_with('0') ? std::string(decimals.substr(0, decimals.size() - 1)) : std::string(decimals) + '0';
}

}  // namespace

std::optional<MoneySpellings> Money::ambiguity(std::string_view text) {
  std::string_view number = trimmed(text);
  if (!take_currency(number)) return std::nullopt;
  take_magnitude(number);
  const auto dot = number.find('.');
  if (dot == std::string_view::npos || !may_group(number.substr(0, dot), number.substr(dot + 1))) return std::nullopt;
  const std::string_view whole = number.substr(0, dot);
  const std::string_view decimals = number.substr(dot + 1);
  const auto spelled = [&](char mark, const std::string& digits) {
    std::string out(trimmed(text));
    return out.replace(out.find(number), number.size(), std::string(whole) + mark + digits);
  };
  return MoneySpellings{spelled(',', std::string(decimals)), spelled('.', respelled(decimals))};
}

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
  if (may_group(digits.substr(0, end), digits.substr(std::min(end + 1, digits.size())))) digits.push_back('0');
  for (std::size_t i = end; i > start + 3; i -= 3) digits.insert(i - 3, 1, ',');
  return currency + ' ' + digits;
}

}  // namespace tollgate::base
