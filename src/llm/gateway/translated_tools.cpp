#include "llm/gateway/translated_tools.hpp"

#include <utility>

#include <fmt/format.h>

#include "llm/gateway/request_error.hpp"

namespace tollgate::llm::gateway {
namespace {

json::value schema_or_empty(const json::value& schema) {
  return schema.is_object() ? schema : json::value{{"type", "object"}, {"properties", json::object()}};
}

base::Result<json::object> to_anthropic_tool(const json::value& tool, std::string_view path) {
  if (const auto type = string_member(tool, "type"); type != "function") {
    return untranslatable(fmt::format("{} of type {}", path, type));
  }
  const auto& function = member(tool, "function");
  const auto name = string_member(function, "name");
  if (name.empty()) return invalid(fmt::format("{}.function.name", path), "must be the name of a tool");
  json::object result{{"name", name}};
  if (const auto& text = member(function, "description"); text.is_string()) result["description"] = text;
  result["input_schema"] = schema_or_empty(member(function, "parameters"));
  return result;
}

base::Result<json::object> to_openai_tool(const json::value& tool, std::string_view path) {
  const auto type = string_member(tool, "type");
  if (!type.empty() && type != "custom") return untranslatable(fmt::format("{} of type {}", path, type));
  const auto name = string_member(tool, "name");
  if (name.empty()) return invalid(fmt::format("{}.name", path), "must be the name of a tool");
  json::object function{{"name", name}};
  if (const auto& text = member(tool, "description"); text.is_string()) function["description"] = text;
  function["parameters"] = schema_or_empty(member(tool, "input_schema"));
  if (is_true(member(tool, "strict"))) function["strict"] = true;
  return json::object{{"type", "function"}, {"function", std::move(function)}};
}

template <typename Translate>
base::Result<json::array> each_tool(const json::value& tools, Translate translate) {
  const auto* list = tools.if_array();
  if (!list) return invalid("tools", "must be a list");
  json::array result;
  for (const auto& tool : *list) {
    TRY(auto translated, translate(tool, fmt::format("tools[{}]", &tool - list->data())));
    result.push_back(std::move(translated));
  }
  return result;
}

base::Result<json::object> read_choice(const json::value& choice) {
  if (const auto* mode = choice.if_string()) {
    if (*mode == "auto" || *mode == "none") return json::object{{"type", *mode}};
    if (*mode == "required") return json::object{{"type", "any"}};
    return invalid("tool_choice", "must be auto, none, required or one function");
  }
  const auto type = string_member(choice, "type");
  if (type != "function") return untranslatable(fmt::format("tool_choice of type {}", type));
  return json::object{{"type", "tool"}, {"name", string_member(member(choice, "function"), "name")}};
}

}  // namespace

base::Result<json::array> to_anthropic_tools(const json::value& tools) {
  return each_tool(tools, to_anthropic_tool);
}

base::Result<json::value> to_anthropic_tool_choice(const json::value& choice, const json::value& parallel) {
  const bool one_at_a_time = parallel.is_bool() && !parallel.get_bool();
  if (choice.is_null() && !one_at_a_time) return json::value();
  json::object result{{"type", "auto"}};
  if (!choice.is_null()) {
    TRY(result, read_choice(choice));
  }
  if (one_at_a_time && string_member(result, "type") != "none") result["disable_parallel_tool_use"] = true;
  return json::value(std::move(result));
}

base::Result<json::array> to_openai_tools(const json::value& tools) {
  return each_tool(tools, to_openai_tool);
}

base::Result<json::value> to_openai_tool_choice(const json::value& choice) {
  const auto type = string_member(choice, "type");
  if (type == "auto" || type == "none") return json::value(json::string_view(type));
  if (type == "any") return json::value("required");
  if (type == "tool") {
    return json::value{{"type", "function"}, {"function", {{"name", string_member(choice, "name")}}}};
  }
  return invalid("tool_choice.type", "must be auto, any, tool or none");
}

}  // namespace tollgate::llm::gateway
