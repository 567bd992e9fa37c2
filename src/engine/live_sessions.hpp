// Sessions in work: each is run in the background, one run at a time, and once more when something was appended during
// the run. A run that fails leaves its error here until the next one; one that another process has in hand is tried
// again until that process is done.
//
// Thread:   any. A session's runs are all made by one of the engines, on that engine's executor, chosen by the
// session's
//           id, so that a process with an engine on each of its threads uses them all.
// Stop:     stop() cancels the runs; what they committed stays, and the next start goes on there.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/engine.hpp"
#include "engine/event_signals.hpp"
#include "net/task_scope.hpp"

namespace tollgate::engine {

struct LiveSessionsConfig {
  std::chrono::milliseconds retry_after_conflict{1'000};
  std::size_t remembered_failures = 4096;
};

// What the background work on a session is doing.
struct WorkState {
  bool running = false;
  std::optional<base::Error> failure{};  // of the last run
};

class LiveSessions {
 public:
  // The engines, each with an executor of a single thread, must outlive it.
  LiveSessions(const std::vector<Engine*>& engines, EventSignals& signals, LiveSessionsConfig config = {});

  // Does what is ready now: starts a run, or has the one under way followed by another. Nothing after stop().
  void wake(base::SessionId id, session::RunPolicy policy = {}, session::Brief brief = {});

  WorkState state(base::SessionId id) const;

  // Until no run of the session is under way, or `done` holds, which is asked after every stored event, on the thread
  // that runs the session. kTimeout when `at_most` is over first; the work goes on.
  using Condition = std::function<bool(const session::Session& session)>;
  store::Async<void> settle(base::SessionId id, Condition done, std::chrono::milliseconds at_most);

  // Lets no further run start and waits for those under way to end.
  boost::asio::awaitable<base::Status> stop(net::Deadline deadline);

 private:
  struct Waiter;
  struct Order {
    session::RunPolicy policy{};
    session::Brief brief{};
  };
  struct Work {
    Order order{};
    bool running = false;
    bool again = false;
    std::optional<base::Error> failure{};
    std::vector<std::shared_ptr<Waiter>> waiters{};
  };
  struct Shard {
    explicit Shard(Engine& its_engine) : engine(its_engine), scope(its_engine.executor(), {}) {}
    Engine& engine;
    net::TaskScope scope;
  };

  boost::asio::awaitable<void> work_on(base::SessionId id, Shard& shard);
  std::optional<Order> next_order(base::SessionId id);
  void keep_failure(base::SessionId id, std::optional<base::Error> failure);
  void on_event(base::SessionId id, const session::Session& session);
  void end_work(base::SessionId id);

  EventSignals& signals_;
  const LiveSessionsConfig config_;

  mutable std::mutex mutex_;  // guards the two below
  std::map<base::SessionId, Work> works_;
  bool stopped_ = false;

  std::deque<Shard> shards_;  // last: their tasks use the members above
};

}  // namespace tollgate::engine
