#include "base/duration.hpp"

#include <array>
#include <cctype>
#include <cstdlib>

#include "base/decimal.hpp"

namespace tollgate::base {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLimit = 1000 * 365 * kDay;

struct UnitName {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr UnitName kUnitNames[] = {{"ms", 1},           {"millisecond", 1},   {"s", kSecond},    {"sec", kSecond},
                                   {"second", kSecond}, {"m", kMinute},       {"min", kMinute},  {"minute", kMinute},
                                   {"h", kHour},        {"hr", kHour},        {"hour", kHour},   {"d", kDay},
                                   {"day", kDay},       {"w", 7 * kDay},      {"wk", 7 * kDay},  {"week", 7 * kDay},
                                   {"mo", 30 * kDay},   {"month", 30 * kDay}, {"y", 365 * kDay}, {"yr", 365 * kDay},
                                   {"year", 365 * kDay}};

struct OutputUnit {
  std::string_view symbol;
  std::string_view word;
  std::int64_t milliseconds;
};
constexpr OutputUnit kOutputUnits[] = {
    {"d", "day", kDay}, {"h", "hour", kHour}, {"m", "minute", kMinute}, {"s", "second", kSecond}, {"ms", "ms", 1}};

std::optional<std::int64_t> unit_length(std::string_view word) {
  std::string lower;
  for (const char c : word) lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  for (const auto& unit : kUnitNames) {
    if (lower == unit.name || (unit.name.size() > 1 && unit.name != "ms" && lower == std::string(unit.name) + "s")) {
      return unit.milliseconds;
    }
  }
  return std::nullopt;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == ',';
}
bool is_alpha(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

template <typename Each>
void for_each_unit(std::int64_t length, Each each) {
  for (const auto& unit : kOutputUnits) {
    const std::int64_t count = length / unit.milliseconds;
    if (count != 0) each(count, unit);
    length %= unit.milliseconds;
  }
}

std::string counted(std::int64_t count, const OutputUnit& unit) {
  return std::to_string(count) + ' ' + std::string(unit.word) + (count == 1 || unit.word == "ms" ? "" : "s");
}

// What a length is called in plans: from two months on, when it comes out even.
std::string in_calendar_units(std::int64_t length) {
  constexpr OutputUnit kYear{"y", "year", 365 * kDay};
  constexpr OutputUnit kMonth{"mo", "month", 30 * kDay};
  if (length % kYear.milliseconds == 0) return counted(length / kYear.milliseconds, kYear);
  if (length % kMonth.milliseconds == 0 && length > kMonth.milliseconds)
    return counted(length / kMonth.milliseconds, kMonth);
  return {};
}

}  // namespace

std::optional<Duration> Duration::parse(std::string_view text) {
  std::size_t i = 0;
  const auto skip_spaces = [&] {
    while (i < text.size() && is_space(text[i])) ++i;
  };
  skip_spaces();
  const bool negative = i < text.size() && text[i] == '-';
  if (negative) ++i;
  Decimal total;
  bool any = false;
  for (skip_spaces(); i < text.size(); skip_spaces()) {
    const std::size_t number_start = i;
    while (i < text.size() && (std::isdigit(static_cast<unsigned char>(text[i])) != 0 || text[i] == '.')) ++i;
    const auto number = Decimal::parse(text.substr(number_start, i - number_start));
    skip_spaces();
    const std::size_t word_start = i;
    while (i < text.size() && is_alpha(text[i])) ++i;
    const auto unit = unit_length(text.substr(word_start, i - word_start));
    if (!number || !unit) return std::nullopt;
    const auto part = multiply(*number, *unit);
    const auto sum = part ? add(total, *part) : std::nullopt;
    if (!sum || *sum > Decimal(kLimit)) return std::nullopt;
    total = *sum;
    any = true;
  }
  const auto milliseconds = total.rounded(0).to_int64();
  if (!any || !milliseconds) return std::nullopt;
  return Duration(std::chrono::milliseconds(negative ? -*milliseconds : *milliseconds));
}

std::string Duration::to_string() const {
  if (milliseconds_ == 0) return "0s";
  std::string text = milliseconds_ < 0 ? "-" : "";
  for_each_unit(std::abs(milliseconds_), [&text](std::int64_t count, const OutputUnit& unit) {
    text += std::to_string(count);
    text += unit.symbol;
  });
  return text;
}

std::string Duration::to_words() const {
  if (milliseconds_ == 0) return "0 seconds";
  std::string words;
  for_each_unit(std::abs(milliseconds_), [&words](std::int64_t count, const OutputUnit& unit) {
    words += (words.empty() ? "" : " ") + counted(count, unit);
  });
  const auto calendar = in_calendar_units(std::abs(milliseconds_));
  return (milliseconds_ < 0 ? "minus " : "") + words + (calendar.empty() ? "" : " (" + calendar + ")");
}

}  // namespace tollgate::base
