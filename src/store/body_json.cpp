#include "store/body_json.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "store/request_checks.hpp"

namespace tollgate::store {
namespace {

bool nests_deeper(const base::Value& value, int levels) {
  if (!value.is_list() && !value.is_record()) return false;
  if (levels == 0) return true;
  if (const auto* list = value.if_list()) {
    for (const auto& item : *list) {
      if (nests_deeper(item, levels - 1)) return true;
    }
    return false;
  }
  for (const auto& [key, member] : *value.if_record()) {
    if (nests_deeper(member, levels - 1)) return true;
  }
  return false;
}

}  // namespace

base::Result<std::string> encode_body(const base::Value& body, std::string_view what, std::size_t max_bytes) {
  if (nests_deeper(body, kMaxBodyDepth)) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("{} is nested more than {} levels deep", what, kMaxBodyDepth));
  }
  auto json = base::to_json(body);
  if (json.size() > max_bytes) {
    return base::fail(base::ErrorCode::kTooLarge,
                      fmt::format("{} has {} bytes, at most {} are allowed", what, json.size(), max_bytes));
  }
  if (base::find_invalid_utf8(json)) {
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("{} holds text that is not valid UTF-8", what));
  }
  return json;
}

base::Result<base::Value> decode_body(std::string_view json, std::string_view what) {
  auto body = base::parse_json(json);
  if (body) return body;
  return base::fail(base::ErrorCode::kCorrupt,
                    fmt::format("{} in the database is damaged: it is not JSON. Restore a backup", what),
                    body.error().message);
}

base::Value with_revision(base::Value event_body, std::int64_t revision) {
  if (auto* record = event_body.if_record()) record->insert_or_assign("revision", base::Value(revision));
  return event_body;
}

}  // namespace tollgate::store
