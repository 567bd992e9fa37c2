#include "net/request_head.hpp"

#include <string_view>

namespace tollgate::net {
namespace {

bool has_length(const HttpRequest& request) {
  return !request.body.empty() || request.method == HttpMethod::kPost || request.method == HttpMethod::kPut;
}

}  // namespace

std::string request_head(const HttpCall& call) {
  const auto& request = call.request;
  std::string head;
  head.append(name(request.method)).append(" ").append(call.url.target).append(" HTTP/1.1\r\n");
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  add("Host", call.url.origin.authority());
  add("User-Agent", "tollgate");
  for (const auto& header : request.headers) add(header.name, header.value);
  if (has_length(request)) add("Content-Length", std::to_string(request.body.size()));
  return head += "\r\n";
}

}  // namespace tollgate::net
