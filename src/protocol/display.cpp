#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;
using Kind = Type::Kind;

constexpr std::string_view kUnanswered = "(unanswered)";

std::string display_enum(const std::string& id, const EnumDefinition* definition) {
  const EnumValue* value = definition == nullptr ? nullptr : definition->find(id);
  return value == nullptr ? id : value->label;
}

std::string display_list(const Value::List& items, const Type& element) {
  const bool nested = element.kind == Kind::kRecord || element.kind == Kind::kList || element.kind == Kind::kMap;
  std::vector<std::string> parts;
  parts.reserve(items.size());
  for (const auto& item : items) parts.push_back(to_display(item, element));
  return parts.empty() ? "none" : base::join(parts, nested ? "; " : ", ");
}

std::string display_record(const Value& record, const RecordType& type) {
  // Of a file its name tells all a reader wants to know.
  if (type.find("sha256") != nullptr && record["name"].is_string()) return *record["name"].if_string();
  std::vector<std::string> parts;
  for (const auto& member : type.members) {
    if (!record[member.id].is_null()) parts.push_back(member.id + ": " + to_display(record[member.id], member.type));
  }
  return base::join(parts, ", ");
}

std::string display_map(const Value& map, const Type& type) {
  std::vector<std::string> parts;
  for (const auto& key : type.enumeration->values) {
    if (!map[key.id].is_null()) parts.push_back(key.label + ": " + to_display(map[key.id], *type.element));
  }
  return base::join(parts, ", ");
}

}  // namespace

std::string to_display(const Value& value, const Type& type) {
  switch (value.kind()) {
    case Value::Kind::kNull: return std::string(kUnanswered);
    case Value::Kind::kBool: return *value.if_bool() ? "yes" : "no";
    case Value::Kind::kInt:
    case Value::Kind::kDecimal: return value.if_number()->to_string();
    case Value::Kind::kString:
      return type.kind == Kind::kEnum ? display_enum(*value.if_string(), type.enumeration.get()) : *value.if_string();
    case Value::Kind::kDuration: return value.if_duration()->to_words();
    case Value::Kind::kDate: return value.if_date()->to_string();
    case Value::Kind::kMoney: return value.if_money()->to_string();
    case Value::Kind::kList: return display_list(*value.if_list(), type.element ? *type.element : Type{});
    case Value::Kind::kRecord:
      if (type.kind == Kind::kMap && type.enumeration && type.element) return display_map(value, type);
      return type.record ? display_record(value, *type.record) : std::string();
  }
  return {};
}

}  // namespace tollgate::protocol
