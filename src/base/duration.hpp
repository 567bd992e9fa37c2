// A length of time as people write it in proposals: "14 d", "1h 30m", "9 months". Whole milliseconds.
//
// Calendar units are fixed lengths, because a review compares plans and needs no calendar: a week is 7 days, a month
// 30 days, a year 365 days.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

class Duration {
 public:
  constexpr Duration() = default;
  constexpr explicit Duration(std::chrono::milliseconds length) : milliseconds_(length.count()) {}

  // Accepts one or more of <number><unit>: ms, s, sec, min, m, h, hour, d, day, w, week, mo, month, y, year, plural or
  // not, spaced or not ("2 weeks 3 days", "1.5h"); "m" is minutes. nullopt for anything else, or beyond ±1,000 years.
  static std::optional<Duration> parse(std::string_view text);

  std::string to_string() const;  // canonical, parses back to the same length: "14d", "1h30m", "250ms", "0s"
  std::string to_words() const;   // for readers: "14 days", "1 hour 30 minutes", "420 days (14 months)"
  constexpr std::int64_t milliseconds() const { return milliseconds_; }

  friend constexpr auto operator<=>(Duration, Duration) = default;

 private:
  std::int64_t milliseconds_ = 0;
};

}  // namespace tollgate::base
