// Times of one thing that was measured, and how a benchmark prints them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::bench {

class Times {
 public:
  void add(std::chrono::steady_clock::duration time) {
    milliseconds_.push_back(std::chrono::duration<double, std::milli>(time).count());
  }
  void append(const Times& more) {
    milliseconds_.insert(milliseconds_.end(), more.milliseconds_.begin(), more.milliseconds_.end());
  }
  std::size_t count() const { return milliseconds_.size(); }
  double percentile(double percent) const {
    if (milliseconds_.empty()) return 0;
    auto sorted = milliseconds_;
    std::ranges::sort(sorted);
    const auto rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }

 private:
  std::vector<double> milliseconds_;
};

inline base::Value rounded(double value) {
  return *base::Decimal::parse(fmt::format("{:.3f}", value));
}

inline base::Value::Record to_record(const Times& times) {
  return {{"p50_ms", rounded(times.percentile(50))},
          {"p95_ms", rounded(times.percentile(95))},
          {"p99_ms", rounded(times.percentile(99))},
          {"count", static_cast<std::int64_t>(times.count())}};
}

template <typename... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  fmt::print(stderr, "{}\n", fmt::format(format, std::forward<Args>(args)...));
}

template <typename T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().detail);
  return *std::move(result);
}
inline void check(const base::Status& status) {
  if (!status) throw std::runtime_error(status.error().message + " " + status.error().detail);
}

}  // namespace tollgate::bench
