#include "base/clock.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/date.hpp"

namespace tollgate::base {

Timestamp SystemClock::now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", Date(day).to_string(), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  if (text.size() != 24 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' ||
      text[23] != 'Z') {
    return std::nullopt;
  }
  const auto date = Date::parse(text.substr(0, 10));
  if (!date) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length, int limit) -> std::optional<int> {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + length, value);
    if (error != std::errc{} || end != text.data() + at + length || value < 0 || value >= limit) return std::nullopt;
    return value;
  };
  const auto hour = number(11, 2, 24);
  const auto minute = number(14, 2, 60);
  const auto second = number(17, 2, 60);
  const auto millisecond = number(20, 3, 1000);
  if (!hour || !minute || !second || !millisecond) return std::nullopt;
  return Timestamp(date->day()) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(*millisecond);
}

}  // namespace tollgate::base
