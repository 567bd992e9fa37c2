#include "llm/gateway/translated_schema.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "llm/strict_schema.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::array<std::string_view, 11> kBounds = {
    "minimum",   "maximum",  "exclusiveMinimum", "exclusiveMaximum", "multipleOf",   "minLength",
    "maxLength", "maxItems", "uniqueItems",      "minProperties",    "maxProperties"};

// By name of the keyword: what it holds.
constexpr std::array<std::string_view, 3> kSchemasByName = {"properties", "$defs", "definitions"};
constexpr std::array<std::string_view, 3> kSchemaLists = {"anyOf", "allOf", "oneOf"};

bool is_one_of(std::string_view keyword, const auto& keywords) {
  return std::ranges::find(keywords, keyword) != keywords.end();
}

// The services allow lists that may be empty or not, and nothing finer.
bool is_bound(std::string_view keyword, const json::value& value) {
  if (keyword == "minItems") return !value.is_int64() || value.get_int64() > 1;
  return is_one_of(keyword, kBounds);
}

json::value translate_keyword(std::string_view keyword, const json::value& value) {
  if (const auto* schemas = value.if_object(); schemas && is_one_of(keyword, kSchemasByName)) {
    json::object result;
    for (const auto& [name, schema] : *schemas) result[name] = to_anthropic_schema(schema);
    return result;
  }
  if (const auto* schemas = value.if_array(); schemas && is_one_of(keyword, kSchemaLists)) {
    json::array result;
    for (const auto& schema : *schemas) result.push_back(to_anthropic_schema(schema));
    return result;
  }
  return keyword == "items" ? to_anthropic_schema(value) : value;
}

void describe(json::object& schema, const json::object& bounds) {
  if (bounds.empty()) return;
  std::string text(string_member(schema, "description"));
  if (!text.empty()) text += '\n';
  text += kConstraintsMark;
  append_text(text, bounds);
  schema["description"] = text;
}

bool all_required(const json::object& properties, const json::value& required) {
  const auto* names = required.if_array();
  return std::ranges::all_of(properties, [&](const auto& property) {
    return names && std::ranges::find(*names, json::value(property.key())) != names->end();
  });
}

bool are_strict(std::string_view keyword, const json::value& value) {
  if (const auto* schemas = value.if_object(); schemas && is_one_of(keyword, kSchemasByName)) {
    return std::ranges::all_of(*schemas, [](const auto& schema) { return is_strict(schema.value()); });
  }
  if (const auto* schemas = value.if_array(); schemas && is_one_of(keyword, kSchemaLists)) {
    return std::ranges::all_of(*schemas, is_strict);
  }
  return keyword != "items" || is_strict(value);
}

}  // namespace

json::value to_anthropic_schema(const json::value& schema) {
  const auto* keywords = schema.if_object();
  if (!keywords) return schema;
  json::object result;
  json::object bounds;
  for (const auto& [key, value] : *keywords) {
    const std::string_view keyword = key;
    if (is_bound(keyword, value)) {
      bounds[keyword] = value;
    } else {
      result[keyword] = translate_keyword(keyword, value);
    }
  }
  describe(result, bounds);
  if (result.contains("properties")) result["additionalProperties"] = false;
  return result;
}

bool is_strict(const json::value& schema) {
  const auto* keywords = schema.if_object();
  if (!keywords) return true;
  if (const auto* properties = member(schema, "properties").if_object()) {
    const auto& more = member(schema, "additionalProperties");
    if (!more.is_bool() || more.get_bool() || !all_required(*properties, member(schema, "required"))) return false;
  }
  return std::ranges::all_of(*keywords, [](const auto& each) { return are_strict(each.key(), each.value()); });
}

}  // namespace tollgate::llm::gateway
