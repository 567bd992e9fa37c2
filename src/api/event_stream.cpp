#include "api/event_stream.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/access.hpp"
#include "api/views.hpp"
#include "base/json.hpp"

namespace tollgate::api {
namespace {

constexpr std::int64_t kEventsAtOnce = 100;

std::string written(const store::Event& event) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.seq, event.type, base::to_json(event_view(event)));
}

std::string ended(const base::Error& why) {
  const base::Value reason = base::Value::Record{{"code", base::name(why.code)}, {"detail", why.message}};
  return fmt::format("event: ended\ndata: {}\n\n", base::to_json(reason));
}

}  // namespace

boost::asio::awaitable<void> send_events(Service& service, EventStream wanted, ByteSink& sink,
                                         std::chrono::milliseconds heartbeat) {
  using Clock = std::chrono::steady_clock;
  if (!co_await sink.write("retry: 2000\n\n")) co_return;
  auto checked_at = Clock::now();
  while (service.is_ready) {
    if (Clock::now() - checked_at >= heartbeat) {
      checked_at = Clock::now();
      const auto allowed = co_await authorize_again(Permission::kRead, service, wanted.opened_by);
      if (!allowed && !base::is_retryable(allowed.error().code)) {
        co_await sink.write(ended(allowed.error()));
        co_return;
      }
    }
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
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(checked_at + heartbeat - Clock::now());
      co_await service.signals.wait(wanted.session, seen, std::max(left, std::chrono::milliseconds(1)));
      if (service.signals.count(wanted.session) != seen) continue;
      bytes = ": still here\n\n";
    }
    if (!co_await sink.write(std::move(bytes))) co_return;
  }
  co_await sink.write("event: reconnect\ndata: {}\n\n");
}

}  // namespace tollgate::api
