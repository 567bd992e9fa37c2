// A small random generator (splitmix64) whose numbers depend on its seed alone, on every platform.
#pragma once

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/sha256.hpp"

namespace tollgate::sim {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }  // in [0, 1)
  bool chance(double probability) { return unit() < probability; }

 private:
  std::uint64_t state_;
};

// A seed of its own for each text.
inline std::uint64_t seed_of(std::uint64_t seed, std::string_view text) {
  const auto hash = base::Sha256::of(fmt::format("{}\n{}", seed, text));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8U | hash.bytes[i];
  return number;
}

}  // namespace tollgate::sim
