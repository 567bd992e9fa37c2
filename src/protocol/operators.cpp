#include "protocol/operators.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace tollgate::protocol {
namespace {

using base::Date;
using base::Decimal;
using base::Duration;
using base::Money;
using base::Value;
using Kind = Type::Kind;

constexpr std::int64_t kDayMilliseconds = 86'400'000;
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxListItems = 100'000;
constexpr std::int64_t kMaxDurationMilliseconds = 1000 * 365 * kDayMilliseconds;

std::unexpected<std::string> undefined(std::string why) {
  return std::unexpected(std::move(why));
}
std::unexpected<std::string> overflow() {
  return undefined("the result is too large");
}
std::unexpected<std::string> divided_by_zero() {
  return undefined("division by zero");
}
std::unexpected<std::string> wrong_kind(const Type& type, const Value& found) {
  return undefined(fmt::format("a {} is needed, but the value is a {}", type.to_string(), name(found.kind())));
}

Computed from(std::optional<Decimal> number) {
  if (!number) return overflow();
  return Value(*number);
}

Computed int_arithmetic(Operator operation, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflows = false;
  switch (operation) {
    case Operator::kAdd: overflows = __builtin_add_overflow(a, b, &result); break;
    case Operator::kSubtract: overflows = __builtin_sub_overflow(a, b, &result); break;
    case Operator::kMultiply: overflows = __builtin_mul_overflow(a, b, &result); break;
    default:
      if (b == 0) return divided_by_zero();
      if (a == INT64_MIN && b == -1) return overflow();
      result = operation == Operator::kDivide ? a / b : a % b;
  }
  if (overflows) return overflow();
  return Value(result);
}

std::expected<Decimal, std::string> decimal_arithmetic(Operator operation, Decimal a, Decimal b) {
  std::optional<Decimal> result;
  switch (operation) {
    case Operator::kAdd: result = add(a, b); break;
    case Operator::kSubtract: result = subtract(a, b); break;
    case Operator::kMultiply: result = multiply(a, b); break;
    default:
      if (b.is_zero()) return divided_by_zero();
      result = divide(a, b);
  }
  if (!result) return overflow();
  return *result;
}

Computed money_arithmetic(Operator operation, const Money& a, const Money& b) {
  if (a.currency != b.currency) {
    return undefined(fmt::format("{} and {} are different currencies", a.to_string(), b.to_string()));
  }
  const auto amount = decimal_arithmetic(operation, a.amount, b.amount);
  if (!amount) return undefined(amount.error());
  if (operation == Operator::kDivide) return Value(*amount);
  return Value(Money{*amount, a.currency});
}

Computed money_scaled(Operator operation, const Money& money, Decimal factor) {
  const auto amount = decimal_arithmetic(operation, money.amount, factor);
  if (!amount) return undefined(amount.error());
  return Value(Money{*amount, money.currency});
}

Decimal milliseconds(Duration duration) {
  return {duration.milliseconds()};
}

Computed duration_arithmetic(Operator operation, Decimal a, Decimal b) {
  const auto result = decimal_arithmetic(operation, a, b);
  if (!result) return undefined(result.error());
  return make_duration(*result);
}

// A date moves by whole days: what is less than a day is dropped towards the past.
Computed date_moved(Operator operation, Date date, Duration by) {
  const std::int64_t length = operation == Operator::kAdd ? by.milliseconds() : -by.milliseconds();
  std::int64_t days = length / kDayMilliseconds;
  if (length % kDayMilliseconds < 0) --days;
  if (std::abs(days) > 20'000 * 366) return overflow();
  const auto day = date.day() + std::chrono::days(days);
  const int year = static_cast<int>(std::chrono::year_month_day(day).year());
  if (year < 1 || year > 9999) return overflow();
  return Value(Date(day));
}

Value::List joined(const Value::List& a, const Value::List& b) {
  Value::List out;
  out.reserve(a.size() + b.size());
  out.insert(out.end(), a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

bool is_sum(Operator operation) {
  return operation == Operator::kAdd || operation == Operator::kSubtract;
}
bool is_scaling(Operator operation) {
  return operation == Operator::kMultiply || operation == Operator::kDivide;
}

// + - * / where at least one side is money.
std::optional<Type> money_type(Operator operation, const Type& left, const Type& right) {
  const bool both = left.kind == right.kind;
  if (both && is_sum(operation)) return left;
  if (both && operation == Operator::kDivide) return Type::of(Kind::kDecimal);
  if (left.kind == Kind::kMoney && right.is_numeric() && is_scaling(operation)) return left;
  if (left.is_numeric() && operation == Operator::kMultiply) return right;
  return std::nullopt;
}

// + - * / where at least one side is a duration or a date.
std::optional<Type> time_type(Operator operation, const Type& left, const Type& right) {
  const bool left_date = left.kind == Kind::kDate;
  const bool right_date = right.kind == Kind::kDate;
  const bool left_duration = left.kind == Kind::kDuration;
  const bool right_duration = right.kind == Kind::kDuration;
  if (left_date && right_date && operation == Operator::kSubtract) return Type::of(Kind::kDuration);
  if (left_date && right_duration && is_sum(operation)) return left;
  if (left_duration && right_date && operation == Operator::kAdd) return right;
  if (left_duration && right_duration && is_sum(operation)) return left;
  if (left_duration && right_duration && operation == Operator::kDivide) return Type::of(Kind::kDecimal);
  if (left_duration && right.is_numeric() && is_scaling(operation)) return left;
  if (left.is_numeric() && right_duration && operation == Operator::kMultiply) return right;
  return std::nullopt;
}

bool is_kind(const Type& left, const Type& right, Kind kind) {
  return left.kind == kind || right.kind == kind;
}

Computed money_value(Operator operation, const Value& left, const Value& right) {
  const Money* a = left.if_money();
  const Money* b = right.if_money();
  if (a != nullptr && b != nullptr) return money_arithmetic(operation, *a, *b);
  if (a != nullptr && right.is_number()) return money_scaled(operation, *a, *right.if_number());
  if (b != nullptr && left.is_number()) return money_scaled(operation, *b, *left.if_number());
  return wrong_kind(Type::of(Kind::kMoney), a == nullptr ? left : right);
}

Computed time_value(Operator operation, const Value& left, const Value& right) {
  const Date* left_date = left.if_date();
  const Date* right_date = right.if_date();
  const Duration* left_duration = left.if_duration();
  const Duration* right_duration = right.if_duration();
  if (left_date != nullptr && right_date != nullptr) {
    return make_duration(Decimal((left_date->day() - right_date->day()).count() * kDayMilliseconds));
  }
  if (left_date != nullptr && right_duration != nullptr) return date_moved(operation, *left_date, *right_duration);
  if (right_date != nullptr && left_duration != nullptr) return date_moved(operation, *right_date, *left_duration);
  if (left_duration != nullptr && right_duration != nullptr) {
    if (operation != Operator::kDivide) {
      return duration_arithmetic(operation, milliseconds(*left_duration), milliseconds(*right_duration));
    }
    const auto ratio = decimal_arithmetic(operation, milliseconds(*left_duration), milliseconds(*right_duration));
    if (!ratio) return undefined(ratio.error());
    return Value(*ratio);
  }
  if (left_duration != nullptr && right.is_number()) {
    return duration_arithmetic(operation, milliseconds(*left_duration), *right.if_number());
  }
  if (right_duration != nullptr && left.is_number()) {
    return duration_arithmetic(operation, milliseconds(*right_duration), *left.if_number());
  }
  return wrong_kind(Type::of(Kind::kDuration), left_duration == nullptr ? left : right);
}

std::expected<std::int64_t, std::string> weight_of(const Value& value, const Type& type) {
  const auto* id = value.if_string();
  if (id == nullptr) return wrong_kind(type, value);
  const EnumValue* found = type.enumeration->find(*id);
  if (found == nullptr || !found->weight) {
    return undefined(fmt::format("'{}' is not a value of {}", id->substr(0, 60), type.enumeration->id));
  }
  return *found->weight;
}

template <typename T>
std::expected<std::strong_ordering, std::string> order(const T* a, const T* b, const Value& left, const Value& right,
                                                       const Type& type) {
  if (a == nullptr) return wrong_kind(type, left);
  if (b == nullptr) return wrong_kind(type, right);
  return *a <=> *b;
}

std::expected<std::strong_ordering, std::string> money_order(const Value& left, const Value& right, const Type& type) {
  const Money* a = left.if_money();
  const Money* b = right.if_money();
  if (a == nullptr || b == nullptr) return wrong_kind(type, a == nullptr ? left : right);
  if (a->currency != b->currency) {
    return undefined(fmt::format("{} and {} are different currencies", a->to_string(), b->to_string()));
  }
  return a->amount <=> b->amount;
}

bool is_assignable_record(const RecordType& source, const RecordType& target) {
  const bool knows_all = std::all_of(source.members.begin(), source.members.end(),
                                     [&](const RecordMember& member) { return target.find(member.id) != nullptr; });
  return knows_all && std::all_of(target.members.begin(), target.members.end(), [&](const RecordMember& wanted) {
           const RecordMember* given = source.find(wanted.id);
           if (given == nullptr) return wanted.optional;
           return (wanted.optional || !given->optional) && is_assignable(given->type, wanted.type);
         });
}

}  // namespace

std::string_view symbol(Operator operation) {
  switch (operation) {
    case Operator::kOr: return "||";
    case Operator::kAnd: return "&&";
    case Operator::kEqual: return "==";
    case Operator::kNotEqual: return "!=";
    case Operator::kLess: return "<";
    case Operator::kLessOrEqual: return "<=";
    case Operator::kGreater: return ">";
    case Operator::kGreaterOrEqual: return ">=";
    case Operator::kIn: return "in";
    case Operator::kAdd: return "+";
    case Operator::kSubtract: return "-";
    case Operator::kMultiply: return "*";
    case Operator::kDivide: return "/";
    case Operator::kRemainder: return "%";
  }
  return "?";
}

std::optional<Type> arithmetic_type(Operator operation, const Type& left, const Type& right) {
  if (left.kind == Kind::kInt && right.kind == Kind::kInt) return left;
  if (operation == Operator::kRemainder) return std::nullopt;
  if (left.is_numeric() && right.is_numeric()) return Type::of(Kind::kDecimal);
  if (operation == Operator::kAdd && left.kind == right.kind) {
    if (left.kind == Kind::kString) return left;
    if (left.kind == Kind::kList) return unified(left, right);
  }
  if (is_kind(left, right, Kind::kMoney)) return money_type(operation, left, right);
  return time_type(operation, left, right);
}

Computed arithmetic(Operator operation, const Value& left, const Type& left_type, const Value& right,
                    const Type& right_type) {
  if (left_type.kind == Kind::kInt && right_type.kind == Kind::kInt) {
    const auto* a = left.if_int();
    const auto* b = right.if_int();
    if (a == nullptr || b == nullptr) return wrong_kind(left_type, a == nullptr ? left : right);
    return int_arithmetic(operation, *a, *b);
  }
  if (left_type.is_numeric() && right_type.is_numeric()) {
    const auto a = left.if_number();
    const auto b = right.if_number();
    if (!a || !b) return wrong_kind(Type::of(Kind::kDecimal), a ? right : left);
    const auto result = decimal_arithmetic(operation, *a, *b);
    if (!result) return undefined(result.error());
    return Value(*result);
  }
  if (left_type.kind == Kind::kString) {
    const auto* a = left.if_string();
    const auto* b = right.if_string();
    if (a == nullptr || b == nullptr) return wrong_kind(left_type, a == nullptr ? left : right);
    if (a->size() + b->size() > kMaxTextBytes) return overflow();
    return Value(*a + *b);
  }
  if (left_type.kind == Kind::kList) {
    const auto* a = left.if_list();
    const auto* b = right.if_list();
    if (a == nullptr || b == nullptr) return wrong_kind(left_type, a == nullptr ? left : right);
    if (a->size() + b->size() > kMaxListItems) return overflow();
    return Value(joined(*a, *b));
  }
  if (is_kind(left_type, right_type, Kind::kMoney)) return money_value(operation, left, right);
  return time_value(operation, left, right);
}

Computed negated(const Value& value, const Type& type) {
  if (type.kind == Kind::kInt && value.if_int() != nullptr)
    return int_arithmetic(Operator::kSubtract, 0, *value.if_int());
  if (const auto number = value.if_number()) return from(number->negated());
  if (const auto* money = value.if_money()) return Value(Money{money->amount.negated(), money->currency});
  if (const auto* duration = value.if_duration()) return make_duration(milliseconds(*duration).negated());
  return wrong_kind(type, value);
}

bool has_order(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kString:
    case Kind::kDuration:
    case Kind::kDate:
    case Kind::kMoney: return true;
    case Kind::kEnum: return type.enumeration != nullptr && type.enumeration->is_ordered();
    case Kind::kList:
    case Kind::kRecord:
    case Kind::kMap: return false;
  }
  return false;
}

std::expected<std::strong_ordering, std::string> compare(const Value& left, const Value& right, const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return order(left.if_bool(), right.if_bool(), left, right, type);
    case Kind::kInt:
    case Kind::kDecimal: {
      const auto a = left.if_number();
      const auto b = right.if_number();
      return order(a ? &*a : nullptr, b ? &*b : nullptr, left, right, type);
    }
    case Kind::kString: return order(left.if_string(), right.if_string(), left, right, type);
    case Kind::kDuration: return order(left.if_duration(), right.if_duration(), left, right, type);
    case Kind::kDate: return order(left.if_date(), right.if_date(), left, right, type);
    case Kind::kMoney: return money_order(left, right, type);
    case Kind::kEnum: {
      const auto a = weight_of(left, type);
      if (!a) return undefined(a.error());
      const auto b = weight_of(right, type);
      if (!b) return undefined(b.error());
      return *a <=> *b;
    }
    case Kind::kList:
    case Kind::kRecord:
    case Kind::kMap: break;
  }
  return undefined(fmt::format("values of type {} have no order", type.to_string()));
}

std::expected<bool, std::string> equal(const Value& left, const Value& right, const Type& type) {
  if (type.kind == Kind::kMoney) {
    const auto ordering = money_order(left, right, type);
    if (!ordering) return undefined(ordering.error());
    return *ordering == std::strong_ordering::equal;
  }
  return left == right;
}

bool is_assignable(const Type& from, const Type& to) {
  if (same_type(from, to)) return true;
  if (from.kind == Kind::kInt && to.kind == Kind::kDecimal) return true;
  if (from.kind != to.kind) return false;
  switch (from.kind) {
    case Kind::kList:
      return from.element == nullptr || (to.element != nullptr && is_assignable(*from.element, *to.element));
    case Kind::kRecord: return from.record && to.record && is_assignable_record(*from.record, *to.record);
    case Kind::kMap:
      return same_type(Type::enum_of(from.enumeration), Type::enum_of(to.enumeration)) &&
             is_assignable(*from.element, *to.element);
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kString:
    case Kind::kDuration:
    case Kind::kDate:
    case Kind::kMoney:
    case Kind::kEnum: break;
  }
  return false;
}

std::optional<Type> unified(const Type& a, const Type& b) {
  if (is_assignable(a, b)) return b;
  if (is_assignable(b, a)) return a;
  return std::nullopt;
}

Computed make_duration(const std::optional<Decimal>& milliseconds) {
  const auto whole = milliseconds ? milliseconds->rounded(0).to_int64() : std::nullopt;
  if (!whole || std::abs(*whole) > kMaxDurationMilliseconds) return undefined("a duration beyond 1,000 years");
  return Value(Duration(std::chrono::milliseconds(*whole)));
}

}  // namespace tollgate::protocol
