#include "api/handlers.hpp"
#include "api/usage_view.hpp"

namespace tollgate::api {

HandlerResult show_usage(Service& service, const Request& request) {
  const UsageWish wish{request.parameter("from"), request.parameter("to"), request.parameter("by")};
  CO_TRY(auto filter, read_usage_wish(wish, service.clock.now()));
  const bool sees_all = request.roles.has(Role::kAdmin) || request.roles.has(Role::kAuditor);
  if (!sees_all) filter.account = request.caller.account;
  CO_TRY(const auto report, co_await service.usage.usage(filter));
  co_return json_reply(usage_view(filter, report));
}

}  // namespace tollgate::api
