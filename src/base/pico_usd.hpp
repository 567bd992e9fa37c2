// An exact amount of US dollars, in whole pico-dollars (10^-12 $).
//
// Providers quote dollars per million tokens with at most six decimals, so that a token costs a whole number of them
// and a cost is computed without rounding; floating point is nowhere in it. Reaches to ±9,223,372 dollars. A plain
// value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace tollgate::base {

class PicoUsd {
 public:
  constexpr PicoUsd() = default;
  constexpr explicit PicoUsd(std::int64_t pico) : pico_(pico) {}

  // Of an amount in dollars. nullopt: finer than a pico-dollar, or out of reach.
  static std::optional<PicoUsd> of(Decimal dollars);
  static std::optional<PicoUsd> parse(std::string_view dollars);  // "0.054399"; nullopt for what is no number, too

  constexpr std::int64_t pico() const { return pico_; }
  std::string to_string() const;  // in dollars, exact and as short as can be: "0.054399", "5", "-0.5"

  friend constexpr auto operator<=>(PicoUsd, PicoUsd) = default;

 private:
  std::int64_t pico_ = 0;
};

inline constexpr PicoUsd kMostPicoUsd{INT64_MAX};

// nullopt: the result is out of reach.
std::optional<PicoUsd> add(PicoUsd a, PicoUsd b);
std::optional<PicoUsd> multiply(PicoUsd price, std::int64_t count);

// For totals, which must not fail: one that is out of reach stays at the border of it.
PicoUsd sum(PicoUsd a, PicoUsd b);

}  // namespace tollgate::base
