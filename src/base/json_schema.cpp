#include "base/json_schema.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::base {
namespace {

constexpr std::array<std::string_view, 14> kChecked = {
    "type",  "enum",     "const",    "anyOf",   "properties", "required",  "additionalProperties",
    "items", "minItems", "maxItems", "minimum", "minLength",  "maxLength", "maximum"};
constexpr std::array<std::string_view, 7> kAnnotations = {"title",  "description", "default", "examples",
                                                          "format", "pattern",     "$schema"};

std::string place(std::string_view pointer) {
  return pointer.empty() ? "the value" : std::string(pointer);
}

std::unexpected<Error> misfit(std::string_view pointer, std::string_view complaint) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", place(pointer), complaint));
}

std::string child(std::string_view pointer, std::string_view key) {
  std::string escaped;
  for (const char c : key) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return fmt::format("{}/{}", pointer, escaped);
}

std::string_view json_type(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kBool: return "boolean";
    case Value::Kind::kInt: return "integer";
    case Value::Kind::kDecimal: return "number";
    case Value::Kind::kString:
    case Value::Kind::kDuration:
    case Value::Kind::kDate:
    case Value::Kind::kMoney: return "string";
    case Value::Kind::kList: return "array";
    case Value::Kind::kRecord: return "object";
  }
  return "null";
}

bool has_type(const Value& value, std::string_view wanted) {
  const auto actual = json_type(value);
  return actual == wanted || (wanted == "number" && actual == "integer");
}

Status check_type(const Value& value, const Value& type, std::string_view pointer) {
  if (const auto* one = type.if_string()) {
    if (has_type(value, *one)) return {};
    return misfit(pointer, fmt::format("is of type {}, must be {}", json_type(value), *one));
  }
  if (const auto* several = type.if_list()) {
    const auto fits = [&](const Value& each) { return each.is_string() && has_type(value, *each.if_string()); };
    if (std::ranges::any_of(*several, fits)) return {};
    return misfit(pointer, fmt::format("is of type {}, must be one of {}", json_type(value), to_json(type)));
  }
  return {};
}

std::size_t count_characters(std::string_view text) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, is_start));
}

Status check_size(std::size_t size, std::string_view unit, const Value& least, const Value& most,
                  std::string_view pointer) {
  const auto number = static_cast<std::int64_t>(size);
  if (const auto* bound = least.if_int(); bound && number < *bound) {
    return misfit(pointer, fmt::format("has {} {}, needs at least {}", size, unit, *bound));
  }
  if (const auto* bound = most.if_int(); bound && number > *bound) {
    return misfit(pointer, fmt::format("has {} {}, may have at most {}", size, unit, *bound));
  }
  return {};
}

Status check_range(const Value& value, const Value& schema, std::string_view pointer) {
  const auto number = value.if_number();
  if (!number) return {};
  if (const auto least = schema["minimum"].if_number(); least && *number < *least) {
    return misfit(pointer, fmt::format("{} is less than the minimum {}", number->to_string(), least->to_string()));
  }
  if (const auto most = schema["maximum"].if_number(); most && *number > *most) {
    return misfit(pointer, fmt::format("{} is more than the maximum {}", number->to_string(), most->to_string()));
  }
  return {};
}

Status check(const Value& value, const Value& schema, const std::string& pointer);

Status check_list(const Value::List& list, const Value& schema, const std::string& pointer) {
  TRY_STATUS(check_size(list.size(), "items", schema["minItems"], schema["maxItems"], pointer));
  const Value* items = schema.find("items");
  if (!items) return {};
  for (std::size_t i = 0; i < list.size(); ++i) TRY_STATUS(check(list[i], *items, fmt::format("{}/{}", pointer, i)));
  return {};
}

Status check_record(const Value& value, const Value& schema, const std::string& pointer) {
  if (const auto* required = schema["required"].if_list()) {
    for (const auto& key : *required) {
      if (key.is_string() && !value.find(*key.if_string())) {
        return misfit(pointer, fmt::format("lacks the member \"{}\"", *key.if_string()));
      }
    }
  }
  const bool* open = schema["additionalProperties"].if_bool();
  for (const auto& [key, member] : *value.if_record()) {
    if (const Value* member_schema = schema["properties"].find(key)) {
      TRY_STATUS(check(member, *member_schema, child(pointer, key)));
    } else if (open && !*open) {
      return misfit(child(pointer, shortened(key, 80)), "is not a member the schema knows");
    }
  }
  return {};
}

Status check_alternatives(const Value& value, const Value::List& alternatives, const std::string& pointer) {
  std::string first;
  for (const auto& alternative : alternatives) {
    const auto status = check(value, alternative, pointer);
    if (status) return {};
    if (first.empty()) first = status.error().message;
  }
  return misfit(pointer, fmt::format("fits none of {} alternatives (the first: {})", alternatives.size(), first));
}

Status check_choice(const Value& value, const Value& schema, std::string_view pointer) {
  if (const auto* choices = schema["enum"].if_list(); choices && std::ranges::find(*choices, value) == choices->end()) {
    return misfit(pointer, fmt::format("is none of {}", shortened(to_json(schema["enum"]), 200)));
  }
  if (const Value* only = schema.find("const"); only && *only != value) {
    return misfit(pointer, fmt::format("is not {}", shortened(to_json(*only), 200)));
  }
  return {};
}

Status check(const Value& value, const Value& schema, const std::string& pointer) {
  if (const bool* anything = schema.if_bool()) return *anything ? Status{} : misfit(pointer, "is not allowed here");
  TRY_STATUS(check_type(value, schema["type"], pointer));
  TRY_STATUS(check_choice(value, schema, pointer));
  if (const auto* text = value.if_string()) {
    TRY_STATUS(check_size(count_characters(*text), "characters", schema["minLength"], schema["maxLength"], pointer));
  }
  TRY_STATUS(check_range(value, schema, pointer));
  if (const auto* list = value.if_list()) TRY_STATUS(check_list(*list, schema, pointer));
  if (value.is_record()) TRY_STATUS(check_record(value, schema, pointer));
  if (const auto* alternatives = schema["anyOf"].if_list()) return check_alternatives(value, *alternatives, pointer);
  return {};
}

bool is_known(std::string_view keyword) {
  return std::ranges::find(kChecked, keyword) != kChecked.end() ||
         std::ranges::find(kAnnotations, keyword) != kAnnotations.end() || keyword.starts_with("x-");
}

Status check_keywords(const Value& schema, const std::string& pointer) {
  if (schema.if_bool()) return {};
  const auto* record = schema.if_record();
  if (!record) return fail(ErrorCode::kUnsupported, fmt::format("{}: is no JSON schema", place(pointer)));
  for (const auto& [keyword, value] : *record) {
    if (!is_known(keyword)) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("{}: the keyword \"{}\" is not supported", place(pointer), keyword));
    }
  }
  if (const Value* open = schema.find("additionalProperties"); open && !open->if_bool()) {
    return fail(ErrorCode::kUnsupported, fmt::format("{}: additionalProperties must be true or false", place(pointer)));
  }
  if (const auto* members = schema["properties"].if_record()) {
    for (const auto& [key, member] : *members) {
      TRY_STATUS(check_keywords(member, child(pointer + "/properties", key)));
    }
  }
  if (const Value* items = schema.find("items")) TRY_STATUS(check_keywords(*items, pointer + "/items"));
  if (const auto* alternatives = schema["anyOf"].if_list()) {
    for (std::size_t i = 0; i < alternatives->size(); ++i) {
      TRY_STATUS(check_keywords((*alternatives)[i], fmt::format("{}/anyOf/{}", pointer, i)));
    }
  }
  return {};
}

}  // namespace

Status validate(const Value& value, const Value& schema) {
  return check(value, schema, "");
}

Status check_schema(const Value& schema) {
  return check_keywords(schema, "");
}

}  // namespace tollgate::base
