// The types of the expression language and of answers, and the named enums and records they refer to.
//
// Definitions are immutable once compiled and shared by every expression and question that names them (shared_ptr:
// a type outlives the scope that declared it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::protocol {

struct EnumValue {
  std::string id;
  std::string label;  // never empty: the id in words when the protocol gives none
  std::string help{};
  std::optional<std::int64_t> weight{};  // set for all values of an ordered enum, or for none
};

struct EnumDefinition {
  std::string id;
  std::vector<EnumValue> values;

  bool is_ordered() const { return !values.empty() && values.front().weight.has_value(); }
  const EnumValue* find(std::string_view value_id) const;
};

struct RecordType;

// What an expression evaluates to.
struct Type {
  enum class Kind { kBool, kInt, kDecimal, kString, kDuration, kDate, kMoney, kEnum, kList, kRecord, kMap };

  Kind kind = Kind::kBool;
  std::shared_ptr<const EnumDefinition> enumeration{};  // kEnum; kMap: the keys
  std::shared_ptr<const RecordType> record{};           // kRecord
  std::shared_ptr<const Type> element{};                // kList, kMap

  static Type of(Kind scalar) { return {scalar}; }
  static Type enum_of(std::shared_ptr<const EnumDefinition> definition);
  static Type list_of(Type element);
  static Type record_of(std::shared_ptr<const RecordType> record);
  static Type map_of(std::shared_ptr<const EnumDefinition> keys, Type element);

  bool is_numeric() const { return kind == Kind::kInt || kind == Kind::kDecimal; }
  std::string to_string() const;  // "list<record risk>", for messages
};

bool same_type(const Type& a, const Type& b);

struct RecordMember {
  std::string id;
  Type type;
  bool optional = false;  // may be absent in a row: has(row.member) tests
};

struct RecordType {
  std::string id;
  std::vector<RecordMember> members;

  const RecordMember* find(std::string_view member_id) const;
};

}  // namespace tollgate::protocol
