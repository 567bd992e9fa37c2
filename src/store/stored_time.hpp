// Times as the schema keeps them: milliseconds since 1970 (UTC).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace tollgate::store {

inline std::int64_t to_stored(base::Timestamp time) {
  return time.time_since_epoch().count();
}

inline std::optional<std::int64_t> to_stored(const std::optional<base::Timestamp>& time) {
  return time ? std::optional(to_stored(*time)) : std::nullopt;
}

inline base::Timestamp from_stored(std::int64_t milliseconds) {
  return base::Timestamp(std::chrono::milliseconds(milliseconds));
}

}  // namespace tollgate::store
