// How long to wait before the next attempt to reach Redis: longer each time, by chance a little less than that, so that
// many nodes do not come back at once. No clock: the caller says how long the last connection held.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/ids.hpp"

namespace tollgate::cache {

class RedisBackoff {
 public:
  RedisBackoff(base::Random& random, std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : random_(random), first_(first), longest_(longest), next_(first) {}

  // `held` is zero when there was no connection. One that held for longer than the longest pause starts anew.
  std::chrono::milliseconds next(std::chrono::milliseconds held) {
    if (held > longest_) next_ = first_;
    const auto pause = next_;
    next_ = std::min(next_ * 2, longest_);
    std::uint8_t chance = 0;
    random_.fill(&chance, 1);
    return pause - pause * chance / 1'024;  // up to a quarter less
  }

 private:
  base::Random& random_;
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
};

}  // namespace tollgate::cache
