#include "api/handlers.hpp"
#include "api/request_fields.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Value;

namespace {

constexpr std::int64_t kMaxEntries = 1000;
constexpr std::int64_t kUsualEntries = 200;
constexpr std::int64_t kNewest = std::int64_t{1} << 53;

Value caller_view(const Caller& caller) {
  Value::List scopes;
  if (caller.scopes.read) scopes.emplace_back("read");
  if (caller.scopes.write) scopes.emplace_back("write");
  if (caller.scopes.admin) scopes.emplace_back("admin");
  return Value::Record{{"account", caller.account},
                       {"role", name(caller.role)},
                       {"scopes", std::move(scopes)},
                       {"csrf_token", caller.csrf_token.empty() ? Value() : Value(caller.csrf_token)}};
}

HandlerResult members_reply(Service& service, base::SessionId id) {
  CO_TRY(const auto members, co_await service.identities.members(id));
  CO_TRY(const auto access, co_await service.identities.access(id, {}));
  Value::List views;
  for (const auto& member : members) views.push_back(Value::Record{{"account", member.account}, {"role", member.role}});
  co_return json_reply(Value::Record{{"owner", access.owner}, {"members", std::move(views)}});
}

Value audit_view(const store::AuditEntry& entry) {
  return Value::Record{{"id", entry.id},           {"at", base::to_rfc3339(entry.at)}, {"actor", entry.actor},
                       {"key", entry.key},         {"operation", entry.operation},     {"target", entry.target},
                       {"address", entry.address}, {"request_id", entry.request_id},   {"status", entry.status}};
}

}  // namespace

HandlerResult sign_in(Service& service, const Request& request) {
  const auto body = body_of(request);
  CO_TRY(const auto signed_in, co_await service.authenticator.sign_in(std::string(body.string_or("account", "")),
                                                                      std::string(body.string_or("password", ""))));
  auto reply = json_reply(caller_view(signed_in.caller));
  reply.headers.emplace_back("Set-Cookie", cookie_of(signed_in.token));
  co_return reply;
}

HandlerResult sign_out(Service& service, const Request& request) {
  CO_TRY_STATUS(co_await service.authenticator.sign_out(request));
  Reply reply{.status = 204, .content_type = {}};
  reply.headers.emplace_back("Set-Cookie", cookie_of({}));
  co_return reply;
}

HandlerResult show_me(Service&, const Request& request) {
  co_return json_reply(caller_view(request.caller));
}

HandlerResult list_members(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  co_return co_await members_reply(service, id);
}

HandlerResult put_member(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  const auto body = body_of(request);
  CO_TRY_STATUS(co_await service.identities.save_member(
      id, {request.path.at("account"), std::string(body.string_or("role", ""))}));
  co_return co_await members_reply(service, id);
}

HandlerResult delete_member(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY_STATUS(co_await service.identities.save_member(id, {request.path.at("account"), {}}));
  co_return Reply{.status = 204, .content_type = {}};
}

HandlerResult list_audit(Service& service, const Request& request) {
  CO_TRY(const auto before, whole_number(request.parameter("before"), "before", kNewest, 0, kNewest));
  CO_TRY(const auto limit, whole_number(request.parameter("limit"), "limit", kUsualEntries, 1, kMaxEntries));
  CO_TRY(const auto entries, co_await service.identities.audit(before, limit));
  Value::List views;
  for (const auto& entry : entries) views.push_back(audit_view(entry));
  co_return json_reply(Value::Record{{"entries", std::move(views)}});
}

}  // namespace tollgate::api
