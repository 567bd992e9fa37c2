#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "api/views.hpp"
#include "engine/charter_printer.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Value;

HandlerResult list_checkpoints(Service& service, const Request& request) {
  co_return co_await session_reply(service, request, [](const engine::LoadedSession& loaded) -> Value {
    return Value::Record{{"checkpoints", checkpoints_view(loaded.checkpoints)}};
  });
}

HandlerResult fork_checkpoint(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto number, whole_number(request.path.at("number"), "number", 0, 0, 1'000'000));
  CO_TRY(auto key, idempotency_key(request, service));
  const auto body = body_of(request);
  CO_TRY(const auto row, co_await service.engine.fork(id, number, std::string(body.string_or("title", "")),
                                                      std::move(key), request.caller.account));
  CO_TRY(const auto loaded, co_await service.engine.load(row.id));
  auto reply = json_reply(session_view(loaded), 201);
  reply.headers.emplace_back("Location", "/api/v1/sessions/" + row.id.to_string());
  co_return reply;
}

HandlerResult list_findings(Service& service, const Request& request) {
  co_return co_await session_reply(service, request, [](const engine::LoadedSession& loaded) -> Value {
    return Value::Record{{"findings", findings_view(*loaded.session)}};
  });
}

HandlerResult show_decision(Service& service, const Request& request) {
  co_return co_await session_reply(service, request, [](const engine::LoadedSession& loaded) -> Value {
    return Value::Record{{"decision", decision_view(*loaded.session)}};
  });
}

HandlerResult show_charter(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  const auto wanted = request.parameter("format");
  const auto format = engine::parse_charter_format(wanted.empty() ? "html" : wanted);
  if (!format) co_return base::fail(ErrorCode::kInvalidArgument, "`format` must be md, html, pdf or json");
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  CO_TRY(auto content, engine::print_charter(loaded, *format, service.version));
  co_return Reply{.content_type = std::string(engine::media_type(*format)), .body = std::move(content)};
}

}  // namespace tollgate::api
