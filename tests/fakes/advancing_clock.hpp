// The system's time of day, moved on by a test instead of by waiting.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace tollgate::fakes {

class AdvancingClock final : public base::Clock {
 public:
  base::Timestamp now() override { return base::SystemClock().now() + ahead_.load(); }
  void advance(std::chrono::milliseconds by) { ahead_ = ahead_.load() + by; }

 private:
  std::atomic<std::chrono::milliseconds> ahead_{};
};

}  // namespace tollgate::fakes
