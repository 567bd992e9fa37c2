#include "api/access.hpp"

#include "api/request_fields.hpp"

namespace tollgate::api {
namespace {

using base::ErrorCode;

// What the caller may do in the session of the path: nothing at all makes it a session that is not there.
store::Async<Roles> roles_in_session(Service& service, const Request& request) {
  const auto& caller = request.caller;
  if (caller.is_local) co_return kAllRoles;
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto access, co_await service.identities.access(id, caller.account));
  Roles roles;
  if (reaches_every_session(caller.role)) roles.add(caller.role);
  if (access.owner == caller.account) roles.add(Role::kOwner);
  if (const auto role = parse_role(access.role)) roles.add(*role);
  if (!is_permitted(Permission::kRead, roles)) co_return base::fail(ErrorCode::kNotFound, "there is no such session");
  co_return roles;
}

}  // namespace

store::Async<void> authorize(Permission permission, Service& service, Request& request) {
  const bool in_session = request.path.contains("session");
  request.roles = request.caller.is_local ? kAllRoles : Roles{request.caller.role};
  if (in_session) {
    CO_TRY(request.roles, co_await roles_in_session(service, request));
  }
  if (!is_permitted(permission, request.roles)) {
    co_return base::fail(ErrorCode::kForbidden, "your role does not allow this; docs/api.md lists who may do what");
  }
  if (!is_in_scope(permission, request.caller.scopes)) {
    co_return base::fail(ErrorCode::kForbidden, "this API key was made with fewer scopes than this needs");
  }
  co_return base::Status{};
}

store::Async<void> authorize_again(Permission permission, Service& service, Request request) {
  CO_TRY(request.caller, co_await service.authenticator.identify(request));
  co_return co_await authorize(permission, service, request);
}

}  // namespace tollgate::api
