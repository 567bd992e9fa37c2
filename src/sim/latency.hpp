// How long a simulated provider takes: a fixed time or one drawn from a distribution.
#pragma once

#include <chrono>
#include <string_view>

#include "base/result.hpp"
#include "sim/seeded_random.hpp"

namespace tollgate::sim {

class Latency {
 public:
  Latency() = default;  // none

  // "fixed:MS", "uniform:A,B" or "lognormal:MEDIAN_MS,SIGMA". kInvalidArgument says what is expected.
  static base::Result<Latency> parse(std::string_view text);

  std::chrono::microseconds sample(SeededRandom& random) const;

 private:
  enum class Shape { kFixed, kUniform, kLognormal };
  Latency(Shape shape, double first, double second) : shape_(shape), first_(first), second_(second) {}

  Shape shape_ = Shape::kFixed;
  double first_ = 0;   // milliseconds: the time, the shortest, the median
  double second_ = 0;  // the longest in milliseconds, or sigma
};

}  // namespace tollgate::sim
