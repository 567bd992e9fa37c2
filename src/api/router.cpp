#include "api/router.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "base/text.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;

struct Target {
  std::vector<std::string> segments;
  StringMap query;
};

Result<Target> parse_target(const std::string& text) {
  const auto url = boost::urls::parse_origin_form(text);
  if (!url) return base::fail(ErrorCode::kInvalidArgument, "the request's target is not a valid path");
  Target target;
  for (const auto segment : url->segments()) target.segments.emplace_back(segment);
  for (const auto parameter : url->params()) target.query[std::string(parameter.key)] = std::string(parameter.value);
  return target;
}

// The values of the pattern's {names}, or nothing when the path is another one.
std::optional<StringMap> match(std::string_view pattern, const std::vector<std::string>& segments) {
  const auto parts = base::split(pattern.substr(1), '/');
  if (parts.size() != segments.size()) return std::nullopt;
  StringMap values;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].starts_with('{')) {
      if (segments[i].empty()) return std::nullopt;
      values.emplace(parts[i].substr(1, parts[i].size() - 2), segments[i]);
    } else if (parts[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return values;
}

Reply method_not_allowed(const Request& request, const std::vector<std::string>& allowed) {
  auto reply = problem({ErrorCode::kUnsupported, "this path does not take " + base::shortened(request.method, 16) +
                                                     "; it takes " + base::join(allowed, ", ")},
                       request.request_id);
  reply.status = 405;
  reply.headers.emplace_back("Allow", base::join(allowed, ", "));
  return reply;
}

bool is_json(std::string_view content_type) {
  const auto type = base::lower_ascii(base::trim(content_type.substr(0, content_type.find(';'))));
  return type == "application/json" || type.ends_with("+json");
}

// The reply that refuses the body, or nothing when it is as the route's schema wants it.
std::optional<Reply> refuse_body(const Route& route, const Request& request) {
  if (route.body.empty()) return std::nullopt;
  if (!is_json(request.header("content-type"))) {
    auto reply =
        problem({ErrorCode::kUnsupported, "send the body as Content-Type: application/json"}, request.request_id);
    reply.status = 415;
    return reply;
  }
  auto body = base::parse_json(request.body);
  if (!body) return problem({body.error().code, "the body is no JSON: " + body.error().message}, request.request_id);
  const auto schema = schema_named(route.body);
  if (!schema) return problem(schema.error(), request.request_id);
  const auto fits = base::validate(*body, *schema);
  if (!fits) return problem({ErrorCode::kInvalidArgument, "the body: " + fits.error().message}, request.request_id);
  return std::nullopt;
}

asio::awaitable<Reply> answer_route(const Route& route, Service& service, Request request) {
  const std::string id = request.request_id;
  std::string what;
  try {
    auto reply = co_await route.handler(service, std::move(request));
    co_return reply ? *std::move(reply) : problem(reply.error(), id);
  } catch (const std::exception& error) {
    what = error.what();
  }
  co_return problem({ErrorCode::kInternal, "this is a fault of the server; its log names it by the request id", what},
                    id);
}

}  // namespace

asio::awaitable<Reply> answer(std::span<const Route> routes, Service& service, Request request) {
  auto target = parse_target(request.target);
  if (!target) co_return problem(target.error(), request.request_id);
  request.query = std::move(target->query);
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::vector<std::string> allowed;
  for (const auto& route : routes) {
    auto path = match(route.pattern, target->segments);
    if (!path) continue;
    if (route.method != method) {
      allowed.emplace_back(route.method);
      continue;
    }
    request.path = *std::move(path);
    if (auto refusal = refuse_body(route, request)) co_return *std::move(refusal);
    co_return co_await answer_route(route, service, std::move(request));
  }
  if (!allowed.empty()) co_return method_not_allowed(request, allowed);
  co_return problem({ErrorCode::kNotFound, "there is no such path; /api/openapi.json lists them all"},
                    request.request_id);
}

}  // namespace tollgate::api
