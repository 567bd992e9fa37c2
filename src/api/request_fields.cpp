#include "api/request_fields.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Result;

namespace {

bool has_version(const Request& request, std::string_view tag) {
  for (const auto part : base::split(request.header("if-none-match"), ',')) {
    auto each = base::trim(part);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag || each == "*") return true;
  }
  return false;
}

}  // namespace

Result<base::SessionId> session_of(const Request& request) {
  const auto id = base::SessionId::parse(request.path.at("session"));
  if (!id) return base::fail(ErrorCode::kNotFound, "there is no such session");
  return *id;
}

Result<std::int64_t> whole_number(std::string_view text, std::string_view name, std::int64_t fallback, std::int64_t min,
                                  std::int64_t max) {
  if (text.empty()) return fallback;
  const auto number = base::Decimal::parse(text);
  const auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole < min || *whole > max) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("`{}` must be a whole number from {} to {}", name, min, max));
  }
  return *whole;
}

base::Value body_of(const Request& request) {
  return base::parse_json(request.body).value_or(base::Value());
}

Result<std::string> idempotency_key(const Request& request, Service& service) {
  constexpr std::size_t kMaxBytes = 200;
  const auto given = request.header("idempotency-key");
  if (given.size() > kMaxBytes) {
    return base::fail(ErrorCode::kInvalidArgument, "Idempotency-Key is longer than 200 bytes");
  }
  if (!given.empty()) return std::string(given);
  return base::Uuid::make(service.clock.now(), service.random).to_string();
}

Result<engine::InputKey> input_key(const Request& request, Service& service) {
  constexpr std::chrono::hours kLasts{24};
  TRY(auto text, idempotency_key(request, service));
  return engine::InputKey{std::move(text), service.clock.now() + kLasts};
}

Result<std::optional<std::int64_t>> expected_revision(const Request& request) {
  auto text = request.header("if-match");
  if (text.empty() || text == "*") return std::nullopt;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const auto number = base::Decimal::parse(text);
  const auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole < 0) {
    return base::fail(ErrorCode::kInvalidArgument, "If-Match must be the ETag of the answer, such as \"3\"");
  }
  return std::optional(*whole);
}

Reply versioned_reply(const Request& request, std::string_view version, const base::Value& body) {
  const std::string tag = fmt::format("\"{}\"", version);
  Reply reply = has_version(request, tag) ? Reply{.status = 304, .content_type = {}} : json_reply(body);
  reply.headers.emplace_back("ETag", tag);
  return reply;
}

store::Async<Reply> session_reply(Service& service, const Request& request, SessionView view) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  co_return versioned_reply(request, std::to_string(loaded.row.head_seq), view(loaded));
}

}  // namespace tollgate::api
