// The time of day, behind an interface so that tests own it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
  Timestamp now() override;
};

std::string to_rfc3339(Timestamp time);                         // "2026-11-23T14:02:00.123Z"
std::optional<Timestamp> parse_rfc3339(std::string_view text);  // exactly the form above

}  // namespace tollgate::base
