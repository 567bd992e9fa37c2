#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "api/api_keys.hpp"
#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "base/text.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Value;

namespace {

constexpr std::int64_t kMaxValidKeys = 100;  // of one account
constexpr std::int64_t kUsualDays = 90;

Value time_view(const std::optional<base::Timestamp>& time) {
  return time ? Value(base::to_rfc3339(*time)) : Value();
}

Value::Record key_view(const store::ApiKey& key, base::Timestamp now) {
  Value::List scopes;
  for (const auto scope : base::split(key.scopes, ',')) scopes.emplace_back(base::trim(scope));
  return {{"id", key.id},
          {"account", key.account},
          {"label", key.label},
          {"scopes", std::move(scopes)},
          {"state", state_of(key, now)},
          {"created_at", base::to_rfc3339(key.created_at)},
          {"expires_at", time_view(key.expires_at)},
          {"revoked_at", time_view(key.revoked_at)},
          {"requests_per_minute", key.requests_per_minute ? Value(*key.requests_per_minute) : Value()},
          {"budget_usd_per_day", key.budget_per_day ? Value(key.budget_per_day->to_string()) : Value()}};
}

// Whose keys the caller may see and revoke; empty: everybody's.
std::string reach_of(const Request& request) {
  return request.roles.has(Role::kAdmin) ? std::string() : request.caller.account;
}

std::string joined(const Value& scopes) {
  std::string text;
  if (scopes.is_list()) {
    for (const auto& scope : *scopes.if_list()) text += (text.empty() ? "" : ",") + *scope.if_string();
  }
  return text;
}

// A key cannot be used to make one that may do more.
bool are_within(const Scopes& wanted, const Scopes& held) {
  return (!wanted.read || held.read) && (!wanted.write || held.write) && (!wanted.admin || held.admin);
}

store::Async<void> check_number(Service& service, std::string account, base::Timestamp now) {
  CO_TRY(const auto keys, co_await service.identities.keys(account));
  const auto valid =
      std::count_if(keys.begin(), keys.end(), [now](const auto& key) { return state_of(key, now) == "valid"; });
  if (valid < kMaxValidKeys) co_return base::Status{};
  co_return base::fail(ErrorCode::kPreconditionFailed,
                       fmt::format("{} has {} keys already; revoke one first", account, kMaxValidKeys));
}

}  // namespace

HandlerResult list_keys(Service& service, const Request& request) {
  CO_TRY(const auto keys, co_await service.identities.keys(reach_of(request)));
  const auto now = service.clock.now();
  Value::List views;
  for (const auto& key : keys) views.emplace_back(key_view(key, now));
  co_return json_reply(Value::Record{{"keys", std::move(views)}});
}

HandlerResult create_key(Service& service, const Request& request) {
  const auto body = body_of(request);
  WantedKey wanted{.account = std::string(body.string_or("account", request.caller.account)),
                   .label = std::string(body.string_or("label", "")),
                   .lasts = std::chrono::days(body.int_or("days", kUsualDays)),
                   .requests_per_minute = body.int_or("requests_per_minute", 0),
                   .budget_usd_per_day = std::string(body.string_or("budget_usd_per_day", ""))};
  if (body["scopes"].is_list()) wanted.scopes = joined(body["scopes"]);
  if (wanted.account != request.caller.account && !request.roles.has(Role::kAdmin))
    co_return base::fail(ErrorCode::kForbidden, "only an admin makes keys of other accounts");
  const auto scopes = parse_scopes(wanted.scopes);
  if (scopes && !are_within(*scopes, request.caller.scopes))
    co_return base::fail(ErrorCode::kForbidden, "a key cannot make one with more scopes than it has itself");
  // Nor one with a fresh budget, again and again.
  if (request.caller.requests_per_minute || request.caller.budget_per_day)
    co_return base::fail(ErrorCode::kForbidden, "a key with limits makes no keys: use one without, or sign in");
  const auto now = service.clock.now();
  CO_TRY_STATUS(co_await check_number(service, wanted.account, now));
  CO_TRY(const auto issued, issue_key(std::move(wanted), now));
  CO_TRY_STATUS(co_await service.identities.save_key(issued.key));
  auto view = key_view(issued.key, now);
  view.emplace("key", issued.text);
  auto reply = json_reply(std::move(view), 201);
  reply.headers.emplace_back("Location", "/api/v1/keys/" + issued.key.id);
  co_return reply;
}

HandlerResult revoke_key(Service& service, const Request& request) {
  CO_TRY_STATUS(co_await service.identities.revoke_key(request.path.at("key"), reach_of(request), service.clock.now()));
  co_return Reply{.status = 204, .content_type = {}};
}

}  // namespace tollgate::api
