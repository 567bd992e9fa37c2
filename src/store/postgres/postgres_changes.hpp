// Tells other processes on the same database that a session has new events, and hears of theirs.
//
// Sending: what changed within some milliseconds goes out as one NOTIFY, in a transaction of its own, since a
// transaction that notifies makes all others wait while it commits. Hearing: a connection of its own that listens, and
// now and then a look at the sessions changed last, which also finds what no notification told of. Behind a pooler,
// which passes no notifications on, that look is all there is.
//
// Executor: the one of the pool (one thread). Cancel: ends hear() and look(). Pool, target and listener must outlive it.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "store/change_listener.hpp"
#include "store/postgres/pg_pool.hpp"

namespace tollgate::store {

class PostgresChanges {
 public:
  PostgresChanges(PgPool& pool, const PgTarget& target, PostgresPooler pooler, base::Random& random);

  // True: nothing is being sent yet, so send() is to be started.
  bool note(base::SessionId session);
  boost::asio::awaitable<void> send();

  boost::asio::awaitable<void> hear(const ChangeListener& listener);
  boost::asio::awaitable<void> look(const ChangeListener& listener);

 private:
  Async<void> hear_once(const ChangeListener& listener);
  Async<void> look_once(const ChangeListener& listener);
  void pass_on(std::string_view payload, const ChangeListener& listener) const;
  std::string payload() const;

  // Constant after construction.
  PgPool& pool_;
  const PgTarget& target_;
  const PostgresPooler pooler_;
  const std::string node_;  // so that a process does not hear itself
  // Used only on the executor.
  std::set<base::SessionId> unsent_;
  bool is_sending_ = false;
  std::map<base::SessionId, std::int64_t> seen_;  // head of the log of those changed last
};

}  // namespace tollgate::store
