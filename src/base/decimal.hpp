// An exact decimal number: coefficient × 10^-scale, up to 36 significant digits.
//
// Money, percentages and risk scores are computed with it, so that 0.1 + 0.2 is 0.3 and a threshold is met exactly or
// not at all. Every operation either is exact or says that it cannot be (nullopt); only division rounds, half to even,
// after 18 fractional digits. A plain value: trivially copyable, thread-compatible.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

class Decimal {
 public:
  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t whole) : coefficient_(whole) {}  // NOLINT(google-explicit-constructor): lossless

  // Accepts [-+]digits[.digits][e[-+]digits]; nullopt for anything else or for more than 36 digits.
  static std::optional<Decimal> parse(std::string_view text);

  std::string to_string() const;                 // shortest exact form, never with an exponent: "0.45", "-12"
  double to_double() const;                      // nearest double; for display and metrics only
  std::optional<std::int64_t> to_int64() const;  // nullopt unless whole and in range
  bool is_integer() const { return scale_ == 0; }
  bool is_negative() const { return coefficient_ < 0; }
  bool is_zero() const { return coefficient_ == 0; }
  Decimal rounded(int fractional_digits) const;  // half to even

  friend std::optional<Decimal> add(Decimal a, Decimal b);
  friend std::optional<Decimal> multiply(Decimal a, Decimal b);
  friend std::optional<Decimal> divide(Decimal a, Decimal b);
  Decimal negated() const;

  friend std::strong_ordering operator<=>(Decimal a, Decimal b);
  friend bool operator==(Decimal a, Decimal b) = default;

 private:
  using Coefficient = __int128;
  constexpr Decimal(Coefficient coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}
  static std::optional<Decimal> make(Coefficient coefficient, int scale);  // strips trailing zeros, checks bounds

  // Invariant: scale_ is in [0, 36] and is the smallest possible, so that equal numbers have equal members.
  Coefficient coefficient_ = 0;
  int scale_ = 0;
};

// nullopt: the exact result has more than 36 digits.
std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
std::optional<Decimal> divide(Decimal a, Decimal b);  // rounds; nullopt for b = 0 too

}  // namespace tollgate::base
