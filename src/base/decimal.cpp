#include "base/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace tollgate::base {
namespace {

using Coefficient = __int128;
constexpr int kMaxDigits = 36;
constexpr int kDivisionDigits = 18;

constexpr Coefficient power_of_ten(int exponent) {
  Coefficient power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}
constexpr Coefficient kLimit = power_of_ten(kMaxDigits);

constexpr Coefficient magnitude(Coefficient value) {
  return value < 0 ? -value : value;
}

std::optional<Coefficient> scaled_up(Coefficient coefficient, int digits) {
  if (coefficient == 0) return 0;
  if (digits > kMaxDigits || magnitude(coefficient) >= power_of_ten(kMaxDigits - digits)) return std::nullopt;
  return coefficient * power_of_ten(digits);
}

// Divides rounding half to even. REQUIRES: divisor > 0.
Coefficient divide_half_even(Coefficient dividend, Coefficient divisor) {
  Coefficient quotient = dividend / divisor;
  const Coefficient remainder = magnitude(dividend % divisor);
  const Coefficient twice = remainder * 2;
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) quotient += dividend < 0 ? -1 : 1;
  return quotient;
}

}  // namespace

std::optional<Decimal> Decimal::make(Coefficient coefficient, int scale) {
  while (scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (magnitude(coefficient) >= kLimit || scale > kMaxDigits) return std::nullopt;
  return Decimal(coefficient, coefficient == 0 ? 0 : scale);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  Coefficient coefficient = 0;
  int scale = 0;
  int digits = 0;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    const char c = text[i];
    if (c == '.' && !point && digits > 0) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || coefficient >= kLimit / 10) return std::nullopt;
    coefficient = coefficient * 10 + (c - '0');
    ++digits;
    if (point) ++scale;
  }
  if (digits == 0 || text[i - 1] == '.') return std::nullopt;
  if (negative) coefficient = -coefficient;
  if (i < text.size()) {
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size() || std::abs(exponent) > 1000) return std::nullopt;
    scale -= exponent;
    if (scale < 0) {
      const auto widened = scaled_up(coefficient, -scale);
      if (!widened) return std::nullopt;
      coefficient = *widened;
      scale = 0;
    }
  }
  return make(coefficient, scale);
}

std::string Decimal::to_string() const {
  std::string digits;
  Coefficient rest = magnitude(coefficient_);
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  while (static_cast<int>(digits.size()) <= scale_) digits.push_back('0');
  std::reverse(digits.begin(), digits.end());
  if (scale_ > 0) digits.insert(digits.size() - static_cast<std::size_t>(scale_), 1, '.');
  return (coefficient_ < 0 ? "-" : "") + digits;
}

double Decimal::to_double() const {
  return std::strtod(to_string().c_str(), nullptr);
}

std::optional<std::int64_t> Decimal::to_int64() const {
  if (scale_ != 0 || coefficient_ > INT64_MAX || coefficient_ < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(coefficient_);
}

Decimal Decimal::rounded(int fractional_digits) const {
  if (scale_ <= fractional_digits) return *this;
  const Coefficient quotient = divide_half_even(coefficient_, power_of_ten(scale_ - fractional_digits));
  return make(quotient, fractional_digits).value_or(*this);
}

Decimal Decimal::negated() const {
  return {-coefficient_, scale_};
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  const int scale = std::max(a.scale_, b.scale_);
  const auto left = scaled_up(a.coefficient_, scale - a.scale_);
  const auto right = scaled_up(b.coefficient_, scale - b.scale_);
  if (!left || !right) return std::nullopt;
  return Decimal::make(*left + *right, scale);
}

std::optional<Decimal> subtract(Decimal a, Decimal b) {
  return add(a, b.negated());
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  Coefficient product = 0;
  if (__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product)) return std::nullopt;
  return Decimal::make(product, a.scale_ + b.scale_);
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
  if (b.coefficient_ == 0) return std::nullopt;
  const Coefficient divisor = magnitude(b.coefficient_);
  const bool negative = (a.coefficient_ < 0) != (b.coefficient_ < 0);
  Coefficient quotient = magnitude(a.coefficient_) / divisor;
  Coefficient remainder = magnitude(a.coefficient_) % divisor;
  int scale = a.scale_ - b.scale_;
  // Long division, one digit at a time, until exact or precise enough.
  while (scale < 0 || (remainder != 0 && scale < kDivisionDigits)) {
    if (quotient >= kLimit / 10) return std::nullopt;
    remainder *= 10;  // divisor < 10^36, so this stays below 10^37
    quotient = quotient * 10 + remainder / divisor;
    remainder %= divisor;
    ++scale;
  }
  if (remainder * 2 > divisor || (remainder * 2 == divisor && quotient % 2 != 0)) ++quotient;
  const auto result = Decimal::make(negative ? -quotient : quotient, scale);
  return result ? std::optional(result->rounded(kDivisionDigits)) : std::nullopt;
}

std::strong_ordering operator<=>(Decimal a, Decimal b) {
  // Whole parts first; the fractions then fit at a common scale because each is below 10^scale.
  const Coefficient whole_a = a.coefficient_ / power_of_ten(a.scale_);
  const Coefficient whole_b = b.coefficient_ / power_of_ten(b.scale_);
  if (whole_a != whole_b) return whole_a <=> whole_b;
  const int scale = std::max(a.scale_, b.scale_);
  const Coefficient rest_a = a.coefficient_ % power_of_ten(a.scale_) * power_of_ten(scale - a.scale_);
  const Coefficient rest_b = b.coefficient_ % power_of_ten(b.scale_) * power_of_ten(scale - b.scale_);
  return rest_a <=> rest_b;
}

}  // namespace tollgate::base
