#include "llm/schema_builder.hpp"

namespace tollgate::llm {

using base::Value;

Value string_schema() {
  return Value::Record{{"type", "string"}, {"minLength", 1}};
}

Value choice_schema(const std::vector<std::string>& values) {
  return Value::Record{{"type", "string"}, {"enum", Value::List(values.begin(), values.end())}};
}

Value integer_schema(std::int64_t min, std::int64_t max) {
  return Value::Record{{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}

Value array_schema(Value items, std::size_t min, std::size_t max) {
  return Value::Record{{"type", "array"}, {"items", std::move(items)}, {"minItems", min}, {"maxItems", max}};
}

Value object_schema(std::vector<std::pair<std::string, Value>> members) {
  Value::List required;
  Value::Record properties;
  for (auto& [key, schema] : members) {
    required.push_back(key);
    properties.emplace(std::move(key), std::move(schema));
  }
  return Value::Record{{"type", "object"},
                       {"additionalProperties", false},
                       {"required", std::move(required)},
                       {"properties", std::move(properties)}};
}

}  // namespace tollgate::llm
