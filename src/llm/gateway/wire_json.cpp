#include "llm/gateway/wire_json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
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

// Keeps the keys of the objects that are open and nothing else.
class KeyCheck {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using Code = json::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    open_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code& code) {
    auto keys = std::move(open_.back());
    open_.pop_back();
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice == keys.end()) return true;
    complaint_ = fmt::format("the key \"{}\" occurs twice in one object", twice->substr(0, 80));
    code = json::error::syntax;
    return false;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, Code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Code&) {
    key_.append(part.data(), part.size());
    open_.back().push_back(std::exchange(key_, {}));
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, Code&) { return true; }
  bool on_string(json::string_view, std::size_t, Code&) { return true; }
  bool on_number_part(json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Code&) { return true; }
  bool on_double(double, json::string_view, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  const std::string& complaint() const { return complaint_; }

 private:
  std::vector<std::vector<std::string>> open_;  // outermost first
  std::string key_;
  std::string complaint_;
};

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

base::Status check_object(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{') {
    return base::fail(base::ErrorCode::kInvalidArgument, "the body must be one JSON object");
  }
  json::basic_parser<KeyCheck> parser(options());
  json::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  if (!code && read == text.size()) return {};
  const auto& complaint = parser.handler().complaint();
  const std::string why =
      !complaint.empty() ? complaint : (code ? code.message() : std::string("more text after the end of the value"));
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("the body is no JSON at byte {}: {}", read, why));
}

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
