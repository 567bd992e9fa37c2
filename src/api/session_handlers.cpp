#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "api/views.hpp"
#include "protocol/builtin.hpp"

namespace tollgate::api {

using base::ErrorCode;
using base::Value;

namespace {

constexpr std::int64_t kMaxPage = 200;
constexpr std::int64_t kUsualPage = 50;

}  // namespace

HandlerResult create_session(Service& service, const Request& request) {
  const auto body = body_of(request);
  const std::string name(body.string_or("protocol", protocol::kDefaultProtocol));
  const auto it = service.protocols.find(name);
  if (it == service.protocols.end()) {
    co_return base::fail(ErrorCode::kInvalidArgument,
                         fmt::format("there is no protocol '{}'; GET /api/v1/protocols lists them", name));
  }
  CO_TRY(auto key, idempotency_key(request, service));
  engine::NewSession wanted{.title = std::string(body.string_or("title", "")),
                            .owner = request.caller.account,
                            .protocol = it->second,
                            .profile = std::string(body.string_or("profile", "")),
                            .idempotency_key = std::move(key)};
  if (const auto* options = body["options"].if_record()) {
    for (const auto& [option, value] : *options) {
      const auto* text = value.if_string();
      if (text == nullptr) co_return base::fail(ErrorCode::kInvalidArgument, "the options must be texts");
      wanted.options.emplace(option, *text);
    }
  }
  CO_TRY(const auto row, co_await service.engine.create(std::move(wanted)));
  CO_TRY(const auto loaded, co_await service.engine.load(row.id));
  auto reply = json_reply(session_view(loaded), 201);
  reply.headers.emplace_back("Location", "/api/v1/sessions/" + row.id.to_string());
  co_return reply;
}

HandlerResult list_sessions(Service& service, const Request& request) {
  store::SessionFilter filter{.title_contains = std::string(request.parameter("q")),
                              .cursor = std::string(request.parameter("cursor"))};
  if (!reaches_every_session(request.caller.role)) filter.visible_to = request.caller.account;
  const auto status = request.parameter("status");
  if (status == "open") filter.status = store::SessionStatus::kOpen;
  if (status == "decided") filter.status = store::SessionStatus::kDecided;
  if (!status.empty() && !filter.status) {
    co_return base::fail(ErrorCode::kInvalidArgument, "`status` must be open or decided");
  }
  CO_TRY(filter.limit, whole_number(request.parameter("limit"), "limit", kUsualPage, 1, kMaxPage));
  CO_TRY(const auto page, co_await service.engine.store().list(std::move(filter)));
  Value::List rows;
  for (const auto& row : page.rows) rows.push_back(session_row_view(row));
  co_return json_reply(
      Value::Record{{"sessions", std::move(rows)}, {"next", page.next.empty() ? Value() : Value(page.next)}});
}

HandlerResult show_session(Service& service, const Request& request) {
  co_return co_await session_reply(service, request, session_view);
}

HandlerResult delete_session(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  // First, so that a session whose replies may still lie in a cache is there to be deleted again.
  if (service.models != nullptr)
    CO_TRY_STATUS(co_await service.models->forget(llm::replies_of_session(id.to_string())));
  CO_TRY_STATUS(co_await service.engine.store().remove(id));
  service.signals.notify(id);
  co_return Reply{.status = 204, .content_type = {}};
}

HandlerResult run_session(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  const auto body = body_of(request);
  service.live.wake(id, {.mode = session::RunMode::kBatch, .can_draft = true},
                    {.title = loaded.row.title, .text = std::string(body.string_or("text", ""))});
  auto reply = json_reply(progress_view(loaded, service.live.state(id)), 202);
  reply.headers.emplace_back("Location", fmt::format("/api/v1/sessions/{}/progress", id.to_string()));
  co_return reply;
}

HandlerResult show_progress(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto loaded, co_await service.engine.load(id));
  co_return json_reply(progress_view(loaded, service.live.state(id)));
}

}  // namespace tollgate::api
