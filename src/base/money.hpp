// An exact amount in one currency. Amounts in different currencies do not compare: nobody here knows the rate.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace tollgate::base {

struct Money {
  Decimal amount;
  std::string currency;  // ISO 4217, upper case: "EUR"

  // Accepts the currency before or after the number, thousands separators (, ' _ or a space) and a magnitude
  // k/thousand, M/m/million, bn/billion: "EUR 180,000", "1.1 M EUR", "€ 15k", "$3,000.50". nullopt for anything else.
  static std::optional<Money> parse(std::string_view text);
  std::string to_string() const;  // "EUR 180,000", parses back to the same value

  friend std::partial_ordering operator<=>(const Money& a, const Money& b) {
    return a.currency == b.currency ? std::partial_ordering(a.amount <=> b.amount) : std::partial_ordering::unordered;
  }
  friend bool operator==(const Money& a, const Money& b) = default;
};

}  // namespace tollgate::base
