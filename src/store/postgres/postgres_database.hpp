// One PostgreSQL database as the stores over it share it: a pool of connections for each I/O thread, and a thread of
// its own that keeps the pools in order, tells other processes of changes and hears of theirs.
//
// Thread:   read() and write() may be awaited on any executor, and resume there. On one of the I/O threads that open()
//           was told of, the call is made there, on a connection of that thread; from elsewhere, on one of those.
// Cancel:   closes the connection (PgConnection); a commit that was on its way may have been made. A call made on
//           another thread goes on there, within operation_timeout; the wait for it ends at once.
// Lifetime: shared by the stores; the last one to go joins its own thread. No I/O thread may run a call meanwhile.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/await_reply.hpp"
#include "store/change_listener.hpp"
#include "store/pool_counters.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/pg_lanes.hpp"
#include "store/postgres/pg_read_cache.hpp"
#include "store/postgres/postgres_config.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

class PostgresDatabase {
 public:
  // Checks that the schema is this program's (kPreconditionFailed: run `tollgate migrate up`), and the encryption keys;
  // kInvalidArgument for a bad config, kUnavailable with the cure while the server cannot be reached. `random` and
  // `threads` must outlive it; without threads it makes all calls on its own.
  static base::Result<std::shared_ptr<PostgresDatabase>> open(const PostgresConfig& config, base::Random& random,
                                                              IoThreads threads = {});
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  // `body`: Async<T>(PgConnection&); called again on a transient failure, such as a deadlock, or a lost connection for
  // read(). It is a plain function that starts a coroutine; what it captures outlives that coroutine.
  template <typename T, typename Body>
  Async<T> write(Body body) {
    return call<T>(Repeat::kWhenUndone, std::move(body));
  }
  template <typename T, typename Body>
  Async<T> read(Body body) {
    return call<T>(Repeat::kWhenLost, std::move(body));
  }

  const ValueCipher& cipher() const;
  PgReadCache& read_cache() const;

  PoolCounters pool_counters() const;  // of all pools together; any thread

  // Any thread. Other processes on the database are told soon that the session has new events.
  void announce(base::SessionId session);

  // From now until the database is closed, on its own thread. Once at most.
  void listen(ChangeListener listener);

 private:
  enum class Repeat { kWhenUndone, kWhenLost };
  struct Impl;

  explicit PostgresDatabase(std::unique_ptr<Impl> impl);

  template <typename T, typename Body>
  Async<T> call(Repeat repeat, Body body) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    const auto lane = lane_for(executor);
    const auto deadline = deadline_from_now();
    if (lane->runs_on(executor)) co_return co_await perform<T>(*lane, deadline, repeat, body);
    auto submit = [lane, deadline, repeat, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      auto begin = [lane, deadline, repeat, body = std::move(body), reply = std::move(reply)]() mutable {
        return perform_for<T>(std::move(reply), lane, deadline, repeat, std::move(body));
      };
      lane->start(std::move(begin));
    };
    co_return co_await await_reply<T>(std::move(submit));
  }

  // On the lane's executor.
  template <typename T, typename Body>
  static Async<T> perform(PgLane& lane, net::Deadline deadline, Repeat repeat, Body& body) {
    for (int attempt = 1;; ++attempt) {
      CO_TRY(auto lease, co_await lane.pool().acquire(deadline));
      auto& db = lease.connection();
      db.set_deadline(deadline);
      auto result = co_await body(db);
      const bool again = !result && may_repeat(repeat, db, attempt);
      if (db.in_transaction()) co_await roll_back(db);
      if (!again) co_return result;
    }
  }

  template <typename T, typename Body>
  static boost::asio::awaitable<void> perform_for(std::shared_ptr<Reply<T>> reply, std::shared_ptr<PgLane> lane,
                                                  net::Deadline deadline, Repeat repeat, Body body) {
    if (reply->wanted()) reply->complete(co_await perform<T>(*lane, deadline, repeat, body));
  }

  std::shared_ptr<PgLane> lane_for(const boost::asio::any_io_executor& executor) const;
  net::Deadline deadline_from_now() const;
  static bool may_repeat(Repeat repeat, const PgConnection& db, int attempt);
  static boost::asio::awaitable<void> roll_back(PgConnection& db);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate::store
