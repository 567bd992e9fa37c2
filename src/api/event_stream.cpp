#include "api/event_stream.hpp"

#include <chrono>

#include <fmt/format.h>

#include "api/views.hpp"
#include "base/json.hpp"

namespace tollgate::api {
namespace {

constexpr std::int64_t kEventsAtOnce = 100;
constexpr std::chrono::seconds kHeartbeat{15};

std::string written(const store::Event& event) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.seq, event.type, base::to_json(event_view(event)));
}

}  // namespace

boost::asio::awaitable<void> send_events(Service& service, EventStream wanted, ByteSink& sink) {
  if (!co_await sink.write("retry: 2000\n\n")) co_return;
  while (service.is_ready) {
    // Taken before the log is read: what is appended in between ends the wait at once.
    const auto seen = service.signals.count(wanted.session);
    const auto events = co_await service.engine.store().events(wanted.session, wanted.after, kEventsAtOnce);
    if (!events && !base::is_retryable(events.error().code)) co_return;
    std::string bytes;
    if (events) {
      for (const auto& event : *events) {
        bytes += written(event);
        wanted.after = event.seq;
      }
    }
    if (bytes.empty()) {
      co_await service.signals.wait(wanted.session, seen, kHeartbeat);
      if (service.signals.count(wanted.session) != seen) continue;
      bytes = ": still here\n\n";
    }
    if (!co_await sink.write(std::move(bytes))) co_return;
  }
  co_await sink.write("event: reconnect\ndata: {}\n\n");
}

}  // namespace tollgate::api
