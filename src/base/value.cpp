#include "base/value.hpp"

namespace tollgate::base {

Value::Value(Decimal value) {
  if (const auto whole = value.to_int64()) {
    data_ = *whole;
  } else {
    data_ = value;
  }
}

std::optional<Decimal> Value::if_number() const {
  if (const auto* whole = if_int()) return Decimal(*whole);
  if (const auto* decimal = std::get_if<Decimal>(&data_)) return *decimal;
  return std::nullopt;
}

const Value* Value::find(std::string_view key) const {
  const auto* record = if_record();
  if (record == nullptr) return nullptr;
  const auto it = record->find(key);
  return it == record->end() ? nullptr : &it->second;
}

const Value& Value::operator[](std::string_view key) const {
  static const Value kNothing;
  const Value* member = find(key);
  return member == nullptr ? kNothing : *member;
}

std::string_view Value::string_or(std::string_view key, std::string_view fallback) const {
  const auto* text = (*this)[key].if_string();
  return text == nullptr ? fallback : std::string_view(*text);
}

std::int64_t Value::int_or(std::string_view key, std::int64_t fallback) const {
  const auto* number = (*this)[key].if_int();
  return number == nullptr ? fallback : *number;
}

std::string_view name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kBool: return "true or false";
    case Value::Kind::kInt: return "whole number";
    case Value::Kind::kDecimal: return "number";
    case Value::Kind::kString: return "text";
    case Value::Kind::kDuration: return "duration";
    case Value::Kind::kDate: return "date";
    case Value::Kind::kMoney: return "amount of money";
    case Value::Kind::kList: return "list";
    case Value::Kind::kRecord: return "record";
  }
  return "value";
}

}  // namespace tollgate::base
