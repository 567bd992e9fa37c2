#include "api/router.hpp"

#include <algorithm>
#include <exception>
#include <ranges>
#include <string>
#include <vector>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "api/access.hpp"
#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "api/request_fields.hpp"
#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "base/text.hpp"
#include "llm/gateway/wire_error.hpp"

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

// The values of the pattern's {names}, or nothing when the path is another one. Asked for each route of each request:
// it copies nothing but the values.
std::optional<StringMap> match(std::string_view pattern, const std::vector<std::string>& segments) {
  StringMap values;
  std::size_t matched = 0;
  for (const auto part : std::views::split(pattern.substr(1), '/')) {
    const std::string_view name(part.begin(), part.end());
    if (matched == segments.size()) return std::nullopt;
    const auto& segment = segments[matched++];
    if (name.starts_with('{')) {
      if (segment.empty()) return std::nullopt;
      values.emplace(name.substr(1, name.size() - 2), segment);
    } else if (name != segment) {
      return std::nullopt;
    }
  }
  return matched == segments.size() ? std::optional(std::move(values)) : std::nullopt;
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

// An error as the route's clients expect it.
Reply refuse(const Route& route, const base::Error& error, std::string_view request_id) {
  if (!route.wire) return problem(error, request_id);
  Reply reply;
  reply.status = llm::wire_error_status(*route.wire, error);
  reply.body = llm::write_wire_error(*route.wire, error, request_id);
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after);
    reply.headers.emplace_back("Retry-After", fmt::format("{}", std::max<std::int64_t>(1, seconds.count())));
  }
  // What repeats of which would change nothing soon, its clients would repeat by themselves.
  const bool is_soon = error.retry_after.value_or(std::chrono::seconds(0)) <= std::chrono::minutes(1);
  if (!base::is_retryable(error.code) || !is_soon) reply.headers.emplace_back("X-Should-Retry", "false");
  return reply;
}

asio::awaitable<Reply> call(const Route& route, Service& service, const Request& request) {
  std::string what;
  try {
    auto reply = co_await route.handler(service, request);
    co_return reply ? *std::move(reply) : refuse(route, reply.error(), request.request_id);
  } catch (const std::exception& error) {
    what = error.what();
  }
  co_return refuse(route,
                   {ErrorCode::kInternal, "this is a fault of the server; its log names it by the request id", what},
                   request.request_id);
}

bool is_write(const Route& route) {
  return route.method != "GET" && !route.wire;
}

void add_limit_headers(Reply& reply, const RateDecision& rate) {
  if (rate.limit == 0) return;
  reply.headers.emplace_back("RateLimit-Limit", fmt::format("{}", rate.limit));
  reply.headers.emplace_back("RateLimit-Remaining", fmt::format("{}", rate.remaining));
  reply.headers.emplace_back("RateLimit-Reset", fmt::format("{}", rate.full_again.count()));
}

Reply too_many(const Route& route, const Request& request, const RateDecision& rate) {
  base::Error error{ErrorCode::kRateLimited, fmt::format("more than {} requests a minute; slow down", rate.limit)};
  error.retry_after = rate.retry_after;
  auto reply = refuse(route, error, request.request_id);
  add_limit_headers(reply, rate);
  return reply;
}

// What was written to: the path, or what was made there.
std::string target_of(const Request& request, const Reply& reply) {
  if (reply.status == 201) {
    for (const auto& [name, value] : reply.headers) {
      if (name == "Location") return value;
    }
  }
  return request.target.substr(0, request.target.find('?'));
}

// A write that was refused for want of credentials is in the log as well: somebody tried.
store::Async<void> audit(const Route& route, Service& service, const Request& request, const Reply& reply) {
  co_return co_await service.identities.append_audit({.at = service.clock.now(),
                                                      .actor = request.caller.account,
                                                      .key = request.caller.key,
                                                      .operation = std::string(route.operation),
                                                      .target = target_of(request, reply),
                                                      .address = request.address,
                                                      .request_id = request.request_id,
                                                      .status = reply.status});
}

asio::awaitable<Reply> answer_known(const Route& route, Service& service, Request& request) {
  // Nor may a page of another site have sent it, which cannot name this type without being asked.
  if (route.wire && route.method == "POST" && !is_json(request.header("content-type"))) {
    co_return refuse(route, {ErrorCode::kUnsupported, "send the body as Content-Type: application/json"},
                     request.request_id);
  }
  if (auto refusal = refuse_body(route, request)) co_return *std::move(refusal);
  co_return co_await call(route, service, request);
}

// The chain that every request to a route passes: load, identity, load of that identity, rights, body, handler, audit.
asio::awaitable<Reply> pass(const Route& route, Service& service, Request& request) {
  const auto& limits = service.limits;
  if (route.permission == Permission::kNone && !is_write(route)) co_return co_await call(route, service, request);
  auto rate = co_await service.limiter.take("address " + request.address, limits.per_address);
  if (!rate.allowed) co_return too_many(route, request, rate);
  Reply reply;
  if (route.permission == Permission::kNone) {
    rate = co_await service.limiter.take("sign-in " + request.address, limits.sign_ins);
    if (!rate.allowed) co_return too_many(route, request, rate);
    reply = co_await answer_known(route, service, request);
  } else if (auto caller = co_await service.authenticator.identify(request); !caller) {
    reply = refuse(route, caller.error(), request.request_id);
  } else {
    request.caller = *std::move(caller);
    rate = co_await service.limiter.take("account " + request.caller.account, limits.per_account);
    if (rate.allowed && request.caller.requests_per_minute)
      rate = co_await service.limiter.take("key " + request.caller.key, {*request.caller.requests_per_minute});
    if (!rate.allowed) co_return too_many(route, request, rate);
    const auto allowed = co_await authorize(route.permission, service, request);
    reply =
        allowed ? co_await answer_known(route, service, request) : refuse(route, allowed.error(), request.request_id);
  }
  add_limit_headers(reply, rate);
  if (is_write(route)) {
    const auto written = co_await audit(route, service, request, reply);
    if (!written) co_return problem(written.error(), request.request_id);
  }
  co_return reply;
}

}  // namespace

asio::awaitable<Reply> answer(std::span<const Route> routes, Service& service, Request request) {
  const auto is_asked_for = [&](const Route& route) {
    return route.pattern == request.target && route.method == request.method;
  };
  // Most targets are a pattern to the letter, and then there is nothing to parse.
  if (const auto route = std::ranges::find_if(routes, is_asked_for); route != routes.end()) {
    co_return co_await pass(*route, service, request);
  }
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
    co_return co_await pass(route, service, request);
  }
  if (!allowed.empty()) co_return method_not_allowed(request, allowed);
  co_return problem({ErrorCode::kNotFound, "there is no such path; /api/openapi.json lists them all"},
                    request.request_id);
}

}  // namespace tollgate::api
