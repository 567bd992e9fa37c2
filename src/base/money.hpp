// An exact amount in one currency. Amounts in different currencies do not compare: nobody here knows the rate.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace tollgate::base {

// One amount as written, spelled so that it can be read in one way only.
struct MoneySpellings {
  std::string grouped;     // the mark separates thousands: "EUR 40,000"
  std::string fractional;  // the mark is a decimal point: "EUR 40.00"
};

struct Money {
  Decimal amount;
  std::string currency;  // ISO 4217, upper case: "EUR"

  // Accepts the currency before or after the number, thousands separators (, ' _ or a space) and a magnitude
  // k/thousand, M/m/million, bn/billion: "EUR 180,000", "1.1 M EUR", "€ 15k", "$3,000.50". nullopt for anything else.
  static std::optional<Money> parse(std::string_view text);
  // For one dot with up to three digits before it and exactly three behind: "EUR 40.000" is forty thousand to half of
  // Europe and forty to the rest. parse() takes the dot for a decimal point; ask this first where a person typed.
  static std::optional<MoneySpellings> ambiguity(std::string_view text);
  std::string to_string() const;  // "EUR 180,000", "EUR 1.1250": never ambiguous, parses back to the same value

  friend std::partial_ordering operator<=>(const Money& a, const Money& b) {
    return a.currency == b.currency ? std::partial_ordering(a.amount <=> b.amount) : std::partial_ordering::unordered;
  }
  friend bool operator==(const Money& a, const Money& b) = default;
};

}  // namespace tollgate::base
