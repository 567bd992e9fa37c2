// A clock that stands where the test sets it.
#pragma once

#include "base/clock.hpp"

namespace tollgate::cache {

class SetClock final : public base::Clock {
 public:
  base::Timestamp now() override { return time; }
  base::Timestamp time{std::chrono::milliseconds(1'800'000'000'000)};
};

}  // namespace tollgate::cache
