#include "api/message.hpp"

#include "base/json.hpp"

namespace tollgate::api {
namespace {

std::string_view value_in(const StringMap& map, std::string_view name) {
  const auto it = map.find(name);
  return it == map.end() ? std::string_view() : std::string_view(it->second);
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  return value_in(headers, name);
}
std::string_view Request::parameter(std::string_view name) const {
  return value_in(query, name);
}

Reply json_reply(const base::Value& body, int status) {
  return {.status = status, .body = base::to_json(body) + "\n"};
}

}  // namespace tollgate::api
