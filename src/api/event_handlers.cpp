#include <utility>

#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/request_fields.hpp"
#include "api/views.hpp"

namespace tollgate::api {

using base::Value;

namespace {

constexpr std::int64_t kMaxSequence = std::int64_t{1} << 53;
constexpr std::int64_t kMaxEvents = 1000;
constexpr std::int64_t kUsualEvents = 200;

}  // namespace

HandlerResult list_events(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  CO_TRY(const auto after, whole_number(request.parameter("after"), "after", 0, 0, kMaxSequence));
  CO_TRY(const auto limit, whole_number(request.parameter("limit"), "limit", kUsualEvents, 1, kMaxEvents));
  CO_TRY(const auto events, co_await service.engine.store().events(id, after, limit));
  Value::List views;
  for (const auto& event : events) views.push_back(event_view(event));
  co_return json_reply(
      Value::Record{{"events", std::move(views)}, {"last", events.empty() ? after : events.back().seq}});
}

HandlerResult stream_events(Service& service, const Request& request) {
  CO_TRY(const auto id, session_of(request));
  // A browser that reconnects sends the header; the parameter is for a first connection.
  const auto seen = request.header("last-event-id");
  CO_TRY(const auto after, whole_number(seen.empty() ? request.parameter("after") : seen,
                                        seen.empty() ? "after" : "Last-Event-ID", 0, 0, kMaxSequence));
  CO_TRY(const auto first, co_await service.engine.store().events(id, after, 1));  // kNotFound before the stream begins
  co_return Reply{.content_type = "text/event-stream", .stream = EventStream{id, after, request}};
}

}  // namespace tollgate::api
