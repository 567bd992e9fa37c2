// Sessions in work: each is run in the background, one run at a time, and once more when something was appended during
// the run. A run that fails leaves its error here until the next one; one that another process has in hand is tried
// again until that process is done.
//
// Executor: the one given (one thread), which is the engine's.
// Stop:     stop() cancels the runs; what they committed stays, and the next start goes on there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>

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
  LiveSessions(boost::asio::any_io_executor executor, Engine& engine, EventSignals& signals,
               LiveSessionsConfig config = {});

  // Does what is ready now: starts a run, or has the one under way followed by another.
  void wake(base::SessionId id, session::RunPolicy policy = {}, session::Brief brief = {});

  WorkState state(base::SessionId id) const;

  // Until no run of the session is under way, or `done` holds, which is asked after every stored event.
  // kTimeout when `at_most` is over first; the work goes on.
  using Condition = std::function<bool(const session::Session& session)>;
  store::Async<void> settle(base::SessionId id, Condition done, std::chrono::milliseconds at_most);

  // Lets no further run start and waits for those under way to end.
  boost::asio::awaitable<base::Status> stop(net::Deadline deadline);

 private:
  struct Waiter;
  struct Work {
    session::RunPolicy policy{};
    session::Brief brief{};
    bool running = false;
    bool again = false;
    std::optional<base::Error> failure{};
    std::vector<Waiter*> waiters{};
  };

  boost::asio::awaitable<void> work_on(base::SessionId id);
  void on_event(base::SessionId id, const session::Session& session);
  void release_waiters(Work& work, const session::Session* session);

  const boost::asio::any_io_executor executor_;
  Engine& engine_;
  EventSignals& signals_;
  const LiveSessionsConfig config_;
  std::map<base::SessionId, Work> works_;
  net::TaskScope scope_;  // last: its tasks use the members above
};

}  // namespace tollgate::engine
