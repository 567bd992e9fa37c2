// A few connections shared by many calls.
//
// A call waits its turn (first come first served), then gets the idle connection used last, or a new one. Connections
// that were idle for long are asked before use, those that broke or grew old are replaced. While the server cannot be
// reached, calls fail at once and one of them tries again after a pause that grows; so the pool recovers by itself.
//
// Executor: the one given (one thread), as for everything awaited here; counters() may be called on any thread. Must
//           outlive its leases.
// Cancel:   a cancelled wait leaves the queue. A call that is cancelled later closes its connection (PgConnection).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/pool_counters.hpp"
#include "store/postgres/pg_connection.hpp"

namespace tollgate::store {

class PgPool {
 public:
  // The use of one connection; gives it back when destroyed.
  class Lease {
   public:
    Lease();  // of none
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();
    PgConnection& connection();

   private:
    friend class PgPool;
    struct Held;
    Lease(PgPool& pool, std::unique_ptr<Held> held);

    void give_back();

    PgPool* pool_ = nullptr;
    std::unique_ptr<Held> held_;
    std::chrono::steady_clock::time_point since_{};
  };

  // `target` and `random` must outlive it.
  PgPool(boost::asio::any_io_executor executor, const PgTarget& target, PostgresConfig config, base::Random& random);
  ~PgPool();

  // kTimeout when all are in use until the deadline or for acquire_timeout; kUnavailable while the server is down.
  Async<Lease> acquire(net::Deadline deadline);

  // One round of housekeeping: closes what is idle for too long or too old, opens up to the least. Awaited now and
  // then.
  boost::asio::awaitable<void> tend();

  PoolCounters counters() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Held = Lease::Held;
  struct Waiter;
  struct Queued;
  struct Turn;
  // As PoolCounters, times in microseconds. Written on the executor only.
  struct Tally {
    using Count = std::atomic<std::int64_t>;
    Count open = 0, idle = 0, waiting = 0;
    Count uses = 0, round_trips = 0, use_time = 0, wait_time = 0, opened = 0, open_time = 0, closed = 0, refused = 0,
          timeouts = 0;
  };

  Async<void> wait_for_turn(net::Deadline deadline);
  void pass_turn();
  Async<std::unique_ptr<Held>> take_or_open(net::Deadline deadline);
  Async<std::unique_ptr<Held>> open(net::Deadline deadline);
  boost::asio::awaitable<bool> is_healthy(Held& held, net::Deadline deadline);
  std::optional<base::Error> still_down() const;
  void note_refusal(const base::Error& error);
  void give_back(std::unique_ptr<Held> held, Clock::time_point since);
  std::unique_ptr<Held> take_idle();
  std::chrono::milliseconds spread(std::chrono::milliseconds length, double share);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const PgTarget& target_;
  const PostgresConfig config_;
  base::Random& random_;
  // Used only on the executor.
  std::list<Waiter*> waiting_;
  int turns_taken_ = 0;
  int failures_ = 0;
  Clock::time_point down_until_{};
  bool is_trying_ = false;  // one call tries whether the server is back
  std::optional<base::Error> last_refusal_;
  Tally tally_;
  std::list<std::unique_ptr<Held>> idle_;  // the one used last is last
};

}  // namespace tollgate::store
