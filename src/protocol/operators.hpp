// What the operators of the expression language mean: the types they combine and the values they give.
//
// Whole numbers follow CEL (division truncates, overflow is undefined), decimals are exact, durations and dates stay
// within ±1,000 years and the years 1 to 9999.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/value.hpp"
#include "protocol/type.hpp"

namespace tollgate::protocol {

enum class Operator {
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder
};

std::string_view symbol(Operator operation);  // "&&"

// A value, or why it is undefined.
using Computed = std::expected<base::Value, std::string>;

// The type of `left operation right` for + - * / %, or nullopt when the operator does not combine these.
std::optional<Type> arithmetic_type(Operator operation, const Type& left, const Type& right);

// The value of it. REQUIRES: arithmetic_type() knows the combination.
Computed arithmetic(Operator operation, const base::Value& left, const Type& left_type, const base::Value& right,
                    const Type& right_type);
Computed negated(const base::Value& value, const Type& type);

// Whether values of the type have an order: numbers, texts, lengths of time, dates, money, bools, ordered enums.
bool has_order(const Type& type);
std::expected<std::strong_ordering, std::string> compare(const base::Value& left, const base::Value& right,
                                                         const Type& type);
// Undefined for money in different currencies: nobody here knows the rate.
std::expected<bool, std::string> equal(const base::Value& left, const base::Value& right, const Type& type);

// Whether a value of type `from` can stand where `to` is expected: the same type, int for decimal, an empty list for
// any list, a record with all members that `to` demands.
bool is_assignable(const Type& from, const Type& to);
std::optional<Type> unified(const Type& a, const Type& b);  // the type both are assignable to

Computed make_duration(const std::optional<base::Decimal>& milliseconds);  // undefined beyond ±1,000 years

}  // namespace tollgate::protocol
