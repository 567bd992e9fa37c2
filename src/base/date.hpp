// A calendar day without a time zone, written 2026-11-23.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tollgate::base {

class Date {
 public:
  constexpr Date() = default;
  constexpr explicit Date(std::chrono::sys_days day) : day_(day) {}

  static std::optional<Date> parse(std::string_view text);  // strictly YYYY-MM-DD, a day that exists
  std::string to_string() const;
  constexpr std::chrono::sys_days day() const { return day_; }

  friend constexpr auto operator<=>(Date, Date) = default;

 private:
  std::chrono::sys_days day_{};
};

Date day_of(Timestamp at);  // in UTC

}  // namespace tollgate::base
