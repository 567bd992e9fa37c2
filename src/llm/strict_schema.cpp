#include "llm/strict_schema.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/json.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr std::array<std::string_view, 10> kKept = {"type",  "properties", "required", "additionalProperties",
                                                    "items", "enum",       "const",    "anyOf",
                                                    "title", "description"};

void describe(Value::Record& schema, Value::Record moved) {
  if (moved.empty()) return;
  const auto found = schema.find("description");
  std::string text = found != schema.end() && found->second.is_string() ? *found->second.if_string() + "\n" : "";
  text += kConstraintsMark;
  text += base::to_json(Value(std::move(moved)));
  schema["description"] = Value(std::move(text));
}

Value strict_members(const Value& members) {
  Value::Record result;
  for (const auto& [key, member] : *members.if_record()) result[key] = to_strict_schema(member);
  return result;
}

Value strict_alternatives(const Value& alternatives) {
  Value::List result;
  for (const auto& alternative : *alternatives.if_list()) result.push_back(to_strict_schema(alternative));
  return result;
}

Value strict_keyword(std::string_view keyword, const Value& value) {
  if (keyword == "properties" && value.is_record()) return strict_members(value);
  if (keyword == "items") return to_strict_schema(value);
  if (keyword == "anyOf" && value.is_list()) return strict_alternatives(value);
  return value;
}

}  // namespace

Value to_strict_schema(const Value& schema) {
  const auto* keywords = schema.if_record();
  if (!keywords) return schema;
  Value::Record strict;
  Value::Record moved;
  for (const auto& [keyword, value] : *keywords) {
    if (std::ranges::find(kKept, keyword) != kKept.end()) {
      strict[keyword] = strict_keyword(keyword, value);
    } else {
      moved[keyword] = value;
    }
  }
  describe(strict, std::move(moved));
  if (strict.contains("properties")) strict["additionalProperties"] = Value(false);
  return strict;
}

bool requires_everything(const Value& schema) {
  if (const auto* members = schema["properties"].if_record()) {
    const auto* required = schema["required"].if_list();
    for (const auto& [key, member] : *members) {
      if (!required || std::ranges::find(*required, Value(key)) == required->end()) return false;
      if (!requires_everything(member)) return false;
    }
  }
  if (const Value* items = schema.find("items"); items && !requires_everything(*items)) return false;
  const auto* alternatives = schema["anyOf"].if_list();
  return !alternatives || std::ranges::all_of(*alternatives, requires_everything);
}

}  // namespace tollgate::llm
