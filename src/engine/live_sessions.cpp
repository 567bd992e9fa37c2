#include "engine/live_sessions.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::engine {

namespace asio = boost::asio;
using base::ErrorCode;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

// One call of settle(). Lives in that coroutine's frame and leaves the list before it ends.
struct LiveSessions::Waiter {
  Waiter(const asio::any_io_executor& executor, Condition condition) : done(std::move(condition)), timer(executor) {}

  Condition done;
  bool released = false;
  asio::steady_timer timer;
};

LiveSessions::LiveSessions(asio::any_io_executor executor, Engine& engine, EventSignals& signals,
                           LiveSessionsConfig config)
    : executor_(executor), engine_(engine), signals_(signals), config_(config), scope_(executor, {}) {}

void LiveSessions::wake(base::SessionId id, session::RunPolicy policy, session::Brief brief) {
  auto& work = works_[id];
  // Drafting, once asked for, is not taken back by an answer that arrives meanwhile.
  if (!work.running || policy.mode == session::RunMode::kBatch) {
    work.policy = std::move(policy);
    work.brief = std::move(brief);
  }
  work.again = true;
  if (work.running) return;
  work.running = true;
  scope_.spawn("run " + id.to_string(), work_on(id));
}

WorkState LiveSessions::state(base::SessionId id) const {
  const auto it = works_.find(id);
  return it == works_.end() ? WorkState{} : WorkState{it->second.running, it->second.failure};
}

asio::awaitable<void> LiveSessions::work_on(base::SessionId id) {
  auto& work = works_[id];  // stays until this coroutine takes it out
  struct Ending {
    LiveSessions& live;
    base::SessionId id;
    ~Ending() {
      const auto it = live.works_.find(id);
      it->second.running = false;
      live.release_waiters(it->second, nullptr);
      const bool is_full = live.works_.size() > live.config_.remembered_failures;
      if (!it->second.failure || is_full) live.works_.erase(it);
      live.signals_.notify(id);
    }
  } ending{*this, id};
  while (work.again) {
    work.again = false;
    const RunObserver observer = [this, id](const session::Session& session, std::string_view, const base::Value&) {
      on_event(id, session);
    };
    const auto report = co_await engine_.run(id, work.policy, work.brief, observer);
    work.failure = report ? std::nullopt : std::optional(report.error());
    if (report || report.error().code != ErrorCode::kConflict) continue;
    asio::steady_timer pause(executor_, config_.retry_after_conflict);
    if (const auto [error] = co_await pause.async_wait(kAwait); error) co_return;
    work.again = true;
  }
}

void LiveSessions::on_event(base::SessionId id, const session::Session& session) {
  signals_.notify(id);
  release_waiters(works_[id], &session);
}

// Without a session: the run is over.
void LiveSessions::release_waiters(Work& work, const session::Session* session) {
  for (auto* waiter : work.waiters) {
    if (session != nullptr && !(waiter->done && waiter->done(*session))) continue;
    waiter->released = true;
    waiter->timer.cancel();
  }
}

store::Async<void> LiveSessions::settle(base::SessionId id, Condition done, std::chrono::milliseconds at_most) {
  const auto it = works_.find(id);
  if (it == works_.end() || !it->second.running) co_return base::Status{};
  Waiter waiter(executor_, std::move(done));
  waiter.timer.expires_after(at_most);
  it->second.waiters.push_back(&waiter);
  struct Leaving {
    LiveSessions& live;
    base::SessionId id;
    Waiter* waiter;
    ~Leaving() {
      const auto found = live.works_.find(id);
      if (found != live.works_.end()) std::erase(found->second.waiters, waiter);
    }
  } leaving{*this, id, &waiter};
  (void)co_await waiter.timer.async_wait(kAwait);
  if (waiter.released) co_return base::Status{};
  co_return base::fail(ErrorCode::kTimeout,
                       fmt::format("the work on session {} goes on; ask for its progress", id.to_string()));
}

asio::awaitable<base::Status> LiveSessions::stop(net::Deadline deadline) {
  scope_.cancel();
  co_return co_await scope_.join(deadline);
}

}  // namespace tollgate::engine
