#include "engine/live_sessions.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::engine {

namespace asio = boost::asio;
using base::ErrorCode;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

asio::awaitable<base::Status> end_tasks(net::TaskScope& scope, net::Deadline deadline) {
  scope.cancel();
  co_return co_await scope.join(deadline);
}

}  // namespace

// One call of settle(). Shared with the posts that release it: one may still be under way when the call is over.
struct LiveSessions::Waiter {
  Waiter(const asio::any_io_executor& executor, Condition condition) : done(std::move(condition)), timer(executor) {}

  void release(std::shared_ptr<Waiter> self) {
    released = true;
    asio::post(timer.get_executor(), [self = std::move(self)] { self->timer.cancel(); });
  }

  const Condition done;
  bool released = false;     // guarded by the mutex of LiveSessions
  asio::steady_timer timer;  // used on its executor only
};

LiveSessions::LiveSessions(const std::vector<Engine*>& engines, EventSignals& signals, LiveSessionsConfig config)
    : signals_(signals), config_(config) {
  for (auto* engine : engines) shards_.emplace_back(*engine);
}

void LiveSessions::wake(base::SessionId id, session::RunPolicy policy, session::Brief brief) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  auto& work = works_[id];
  // Drafting, once asked for, is not taken back by an answer that arrives meanwhile.
  if (!work.running || policy.mode == session::RunMode::kBatch) {
    work.order = {std::move(policy), std::move(brief)};
  }
  work.again = true;
  if (work.running) return;
  work.running = true;
  auto& shard = shards_[id.uuid.random_bits() % shards_.size()];
  // Under the lock, so that it comes before what stop() posts.
  asio::post(shard.engine.executor(),
             [this, id, &shard] { shard.scope.spawn("run " + id.to_string(), work_on(id, shard)); });
}

WorkState LiveSessions::state(base::SessionId id) const {
  const std::lock_guard lock(mutex_);
  const auto it = works_.find(id);
  return it == works_.end() ? WorkState{} : WorkState{it->second.running, it->second.failure};
}

asio::awaitable<void> LiveSessions::work_on(base::SessionId id, Shard& shard) {
  struct Ending {
    LiveSessions& live;
    base::SessionId id;
    bool is_over = false;
    ~Ending() {
      if (!is_over) live.end_work(id);  // cancelled
    }
  } ending{*this, id};
  const RunObserver observer = [this, id](const session::Session& session, std::string_view, const base::Value&) {
    on_event(id, session);
  };
  while (auto order = next_order(id)) {
    const auto report = co_await shard.engine.run(id, std::move(order->policy), std::move(order->brief), observer);
    keep_failure(id, report ? std::nullopt : std::optional(report.error()));
    if (report || report.error().code != ErrorCode::kConflict) continue;
    asio::steady_timer pause(shard.engine.executor(), config_.retry_after_conflict);
    if (const auto [error] = co_await pause.async_wait(kAwait); error) co_return;
    const std::lock_guard lock(mutex_);
    works_[id].again = true;
  }
  ending.is_over = true;
}

// What to do in the next run; nothing when no further one was asked for, and then the work is over.
std::optional<LiveSessions::Order> LiveSessions::next_order(base::SessionId id) {
  {
    const std::lock_guard lock(mutex_);
    auto& work = works_[id];
    if (work.again) {
      work.again = false;
      return work.order;
    }
  }
  end_work(id);
  return std::nullopt;
}

void LiveSessions::keep_failure(base::SessionId id, std::optional<base::Error> failure) {
  const std::lock_guard lock(mutex_);
  works_[id].failure = std::move(failure);
}

void LiveSessions::end_work(base::SessionId id) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = works_.find(id);
    it->second.running = false;
    for (const auto& waiter : it->second.waiters) waiter->release(waiter);
    if (!it->second.failure || works_.size() > config_.remembered_failures) works_.erase(it);
  }
  signals_.notify(id);
}

void LiveSessions::on_event(base::SessionId id, const session::Session& session) {
  signals_.notify(id);
  const std::lock_guard lock(mutex_);
  for (const auto& waiter : works_[id].waiters) {
    if (waiter->done && waiter->done(session)) waiter->release(waiter);
  }
}

store::Async<void> LiveSessions::settle(base::SessionId id, Condition done, std::chrono::milliseconds at_most) {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor, std::move(done));
  waiter->timer.expires_after(at_most);
  {
    const std::lock_guard lock(mutex_);
    const auto it = works_.find(id);
    if (it == works_.end() || !it->second.running) co_return base::Status{};
    it->second.waiters.push_back(waiter);
  }
  struct Leaving {
    LiveSessions& live;
    base::SessionId id;
    const std::shared_ptr<Waiter>& waiter;
    ~Leaving() {
      const std::lock_guard lock(live.mutex_);
      const auto it = live.works_.find(id);
      if (it != live.works_.end()) std::erase(it->second.waiters, waiter);
    }
  } leaving{*this, id, waiter};
  (void)co_await waiter->timer.async_wait(kAwait);
  const std::lock_guard lock(mutex_);
  if (waiter->released) co_return base::Status{};
  co_return base::fail(ErrorCode::kTimeout,
                       fmt::format("the work on session {} goes on; ask for its progress", id.to_string()));
}

asio::awaitable<base::Status> LiveSessions::stop(net::Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  base::Status status;
  for (auto& shard : shards_) {
    auto ended =
        co_await asio::co_spawn(shard.engine.executor(), end_tasks(shard.scope, deadline), asio::use_awaitable);
    if (!ended) status = std::move(ended);
  }
  // A run that was not begun when it was cancelled leaves those who wait for it.
  std::vector<base::SessionId> unbegun;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, work] : works_) {
      if (work.running && status) unbegun.push_back(id);
    }
  }
  for (const auto& id : unbegun) end_work(id);
  co_return status;
}

}  // namespace tollgate::engine
