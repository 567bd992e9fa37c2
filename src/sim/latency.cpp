#include "sim/latency.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::sim {
namespace {

constexpr double kMaxMilliseconds = 3'600'000;

std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && number >= 0 && number <= kMaxMilliseconds ? std::optional(number) : std::nullopt;
}

// Box and Muller 1958.
double draw_normal(SeededRandom& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
  return radius * std::cos(2 * std::numbers::pi * random.unit());
}

}  // namespace

base::Result<Latency> Latency::parse(std::string_view text) {
  const auto colon = text.find(':');
  const auto shape = text.substr(0, colon);
  std::vector<double> numbers;
  if (colon != std::string_view::npos) {
    for (const auto part : base::split(text.substr(colon + 1), ',')) {
      if (const auto number = read_number(part)) numbers.push_back(*number);
    }
  }
  if (shape == "fixed" && numbers.size() == 1) return Latency(Shape::kFixed, numbers[0], 0);
  if (shape == "uniform" && numbers.size() == 2 && numbers[0] <= numbers[1]) {
    return Latency(Shape::kUniform, numbers[0], numbers[1]);
  }
  if (shape == "lognormal" && numbers.size() == 2) return Latency(Shape::kLognormal, numbers[0], numbers[1]);
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("\"{}\" is no latency; use fixed:MS, uniform:A,B or lognormal:MEDIAN_MS,SIGMA", text));
}

std::chrono::microseconds Latency::sample(SeededRandom& random) const {
  double milliseconds = first_;
  if (shape_ == Shape::kUniform) milliseconds += random.unit() * (second_ - first_);
  if (shape_ == Shape::kLognormal) milliseconds *= std::exp(second_ * draw_normal(random));
  return std::chrono::microseconds(std::llround(std::min(milliseconds, kMaxMilliseconds) * 1000));
}

}  // namespace tollgate::sim
