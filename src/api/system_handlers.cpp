#include "api/handlers.hpp"
#include "api/openapi.hpp"
#include "api/routes.hpp"

namespace tollgate::api {

using base::Value;

HandlerResult is_live(Service&, const Request&) {
  co_return json_reply(Value::Record{{"status", "ok"}});
}

HandlerResult is_ready(Service& service, const Request&) {
  if (!service.is_ready) {
    co_return base::fail(base::ErrorCode::kUnavailable, "this server is about to end; ask another one");
  }
  CO_TRY(const auto page, co_await service.engine.store().list({.limit = 1}));
  co_return json_reply(Value::Record{{"status", "ok"}, {"store", "ok"}});
}

HandlerResult show_openapi(Service& service, const Request&) {
  co_return json_reply(openapi_document(routes(), service.version));
}

}  // namespace tollgate::api
