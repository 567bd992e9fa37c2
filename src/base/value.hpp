// The one dynamic value of the program: what YAML and JSON parse into, what an answer is, what expressions compute.
//
// JSON knows null, bool, numbers, strings, lists and records; answers also hold durations, dates and money, which JSON
// writes as strings and the question's type reads back (protocol/answer_parser.hpp). Whole numbers are `int`, all other
// numbers exact decimals: there is no floating point. A regular value type: deep copies, no sharing, thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/duration.hpp"
#include "base/money.hpp"

namespace tollgate::base {

class Value {
 public:
  using List = std::vector<Value>;
  using Record = std::map<std::string, Value, std::less<>>;  // sorted by key, as canonical JSON wants it

  enum class Kind { kNull, kBool, kInt, kDecimal, kString, kDuration, kDate, kMoney, kList, kRecord };

  Value() = default;
  Value(std::nullptr_t) {}                                               // NOLINT(google-explicit-constructor)
  Value(bool value) : data_(value) {}                                    // NOLINT(google-explicit-constructor)
  Value(int value) : data_(static_cast<std::int64_t>(value)) {}          // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data_(value) {}                            // NOLINT(google-explicit-constructor)
  Value(std::size_t value) : data_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Value(Decimal value);                                                  // NOLINT: whole decimals become ints
  Value(const char* value) : data_(std::string(value)) {}                // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : data_(std::string(value)) {}           // NOLINT(google-explicit-constructor)
  Value(std::string value) : data_(std::move(value)) {}                  // NOLINT(google-explicit-constructor)
  Value(Duration value) : data_(value) {}                                // NOLINT(google-explicit-constructor)
  Value(Date value) : data_(value) {}                                    // NOLINT(google-explicit-constructor)
  Value(Money value) : data_(std::move(value)) {}                        // NOLINT(google-explicit-constructor)
  Value(List value) : data_(std::move(value)) {}                         // NOLINT(google-explicit-constructor)
  Value(Record value) : data_(std::move(value)) {}                       // NOLINT(google-explicit-constructor)

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_list() const { return kind() == Kind::kList; }
  bool is_record() const { return kind() == Kind::kRecord; }
  bool is_number() const { return kind() == Kind::kInt || kind() == Kind::kDecimal; }

  // Access by kind: nullptr when it is another kind.
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* if_int() const { return std::get_if<std::int64_t>(&data_); }
  const std::string* if_string() const { return std::get_if<std::string>(&data_); }
  const Duration* if_duration() const { return std::get_if<Duration>(&data_); }
  const Date* if_date() const { return std::get_if<Date>(&data_); }
  const Money* if_money() const { return std::get_if<Money>(&data_); }
  const List* if_list() const { return std::get_if<List>(&data_); }
  List* if_list() { return std::get_if<List>(&data_); }
  const Record* if_record() const { return std::get_if<Record>(&data_); }
  Record* if_record() { return std::get_if<Record>(&data_); }
  std::optional<Decimal> if_number() const;  // an int or a decimal

  // Members of a record, without ceremony: `null` when this is no record or has no such member.
  const Value& operator[](std::string_view key) const;
  const Value* find(std::string_view key) const;
  std::string_view string_or(std::string_view key, std::string_view fallback) const;
  std::int64_t int_or(std::string_view key, std::int64_t fallback) const;

  friend bool operator==(const Value& a, const Value& b) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, Duration, Date, Money, List, Record> data_;
};

std::string_view name(Value::Kind kind);  // "list": for messages

}  // namespace tollgate::base
