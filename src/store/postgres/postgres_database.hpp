// One PostgreSQL database as the stores over it share it: a thread that does its input and output, and a pool of
// connections on it.
//
// Thread:   read() and write() may be awaited on any executor, and resume there.
// Cancel:   ends the wait at once. What has begun goes on, within operation_timeout.
// Lifetime: shared by the stores; the last one to go waits for what is under way, then joins the thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/await_reply.hpp"
#include "store/change_listener.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/pg_pool.hpp"
#include "store/postgres/pg_read_cache.hpp"
#include "store/postgres/postgres_config.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

class PostgresDatabase {
 public:
  // Checks that the schema is this program's (kPreconditionFailed: run `tollgate migrate up`), and the encryption keys;
  // kInvalidArgument for a bad config, kUnavailable with the cure while the server cannot be reached. `random` must outlive it.
  static base::Result<std::shared_ptr<PostgresDatabase>> open(const PostgresConfig& config, base::Random& random);
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
  PgReadCache& read_cache() const;  // for bodies of calls alone: it belongs to the database's thread

  Async<PgPoolCounters> pool_counters();

  // Any thread. Other processes on the database are told soon that the session has new events.
  void announce(base::SessionId session);

  // From now until the database is closed, on its thread. Once at most.
  void listen(ChangeListener listener);

 private:
  enum class Repeat { kWhenUndone, kWhenLost };
  struct Impl;

  explicit PostgresDatabase(std::unique_ptr<Impl> impl);

  template <typename T, typename Body>
  Async<T> call(Repeat repeat, Body body) {
    auto submit = [this, repeat, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      start([this, repeat, reply = std::move(reply), body = std::move(body)]() mutable {
        return perform<T>(*this, repeat, std::move(reply), std::move(body));
      });
    };
    return await_reply<T>(std::move(submit));
  }

  template <typename T, typename Body>
  static boost::asio::awaitable<void> perform(PostgresDatabase& self, Repeat repeat, std::shared_ptr<Reply<T>> reply,
                                              Body body) {
    const auto deadline = self.deadline_from_now();
    for (int attempt = 1; reply->wanted(); ++attempt) {
      auto lease = co_await self.acquire(deadline);
      if (!lease) {
        reply->complete(std::unexpected(std::move(lease).error()));
        co_return;
      }
      auto& db = lease->connection();
      db.set_deadline(deadline);
      auto result = co_await body(db);
      const bool again = !result && may_repeat(repeat, db, attempt);
      if (db.in_transaction()) co_await roll_back(db);
      if (again) continue;
      reply->complete(std::move(result));
      co_return;
    }
  }

  // Any thread: has the coroutine that `begin` makes run on the database's own.
  void start(std::move_only_function<boost::asio::awaitable<void>()> begin);
  net::Deadline deadline_from_now() const;
  Async<PgPool::Lease> acquire(net::Deadline deadline);
  static bool may_repeat(Repeat repeat, const PgConnection& db, int attempt);
  static boost::asio::awaitable<void> roll_back(PgConnection& db);
  static boost::asio::awaitable<void> count(PostgresDatabase& self, std::shared_ptr<Reply<PgPoolCounters>> reply);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate::store
