#include "llm/gateway/wire_json.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace tollgate::llm::gateway {
namespace {

constexpr std::size_t kMaxDepth = 64;

json::parse_options options() {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  return options;
}

void append_object(std::string& out, const json::object& object) {
  out += '{';
  for (bool first = true; const auto& [key, value] : object) {
    if (!std::exchange(first, false)) out += ',';
    out += json::serialize(key);
    out += ':';
    append_text(out, value);
  }
  out += '}';
}

void append_array(std::string& out, const json::array& array) {
  out += '[';
  for (bool first = true; const auto& value : array) {
    if (!std::exchange(first, false)) out += ',';
    append_text(out, value);
  }
  out += ']';
}

}  // namespace

base::Result<json::value> parse_text(std::string_view text, json::storage_ptr storage) {
  json::error_code code;
  auto value = json::parse(text, code, std::move(storage), options());
  if (code) return base::fail(base::ErrorCode::kInvalidArgument, "not JSON", code.message());
  return value;
}

void append_text(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: out += "null"; break;
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
    case json::kind::int64: fmt::format_to(std::back_inserter(out), "{}", value.get_int64()); break;
    case json::kind::uint64: fmt::format_to(std::back_inserter(out), "{}", value.get_uint64()); break;
    case json::kind::double_: fmt::format_to(std::back_inserter(out), "{}", value.get_double()); break;
    case json::kind::string: out += json::serialize(value.get_string()); break;
    case json::kind::array: append_array(out, value.get_array()); break;
    case json::kind::object: append_object(out, value.get_object()); break;
  }
}

std::string to_text(const json::value& value) {
  std::string out;
  append_text(out, value);
  return out;
}

const json::value& member(const json::value& value, std::string_view key) {
  static const json::object kNone;
  const auto* object = value.if_object();
  return member(object ? *object : kNone, key);
}

const json::value& member(const json::object& object, std::string_view key) {
  static const json::value kNone;
  const auto* found = object.if_contains(key);
  return found ? *found : kNone;
}

std::string_view string_member(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object ? string_member(*object, key) : std::string_view();
}

std::string_view string_member(const json::object& object, std::string_view key) {
  const auto* text = member(object, key).if_string();
  return text ? view(*text) : std::string_view();
}

std::int64_t count_member(const json::value& value, std::string_view key) {
  const auto* count = member(value, key).if_int64();
  return count ? std::max<std::int64_t>(0, *count) : 0;
}

bool is_true(const json::value& value) {
  return value.is_bool() && value.get_bool();
}

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

}  // namespace tollgate::llm::gateway
