// Tells other processes on the same database that a session has new events, and hears of theirs.
//
// Sending: what changed within some milliseconds goes out as one NOTIFY, in a transaction of its own, since a
// transaction that notifies makes all others wait while it commits. Hearing: a connection listens, and now and then
// looks at the sessions changed last, which also finds what no notification told of. Behind a pooler, which passes no
// notifications on, that look is all there is. Each has a connection of its own, opened when it is needed first, so
// that neither takes one from calls that wait.
//
// Executor: one thread; note() may be called on any. Cancel: ends hear(). Target and listener must outlive it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "store/change_listener.hpp"
#include "store/postgres/pg_connection.hpp"

namespace tollgate::store {

class PostgresChanges {
 public:
  PostgresChanges(const PgTarget& target, PostgresPooler pooler, base::Random& random);

  // Any thread. True: nothing is being sent yet, so send() is to be started.
  bool note(base::SessionId session);
  boost::asio::awaitable<void> send();

  boost::asio::awaitable<void> hear(const ChangeListener& listener);

 private:
  std::string take_unsent();
  Async<void> send_once(const std::string& text);
  Async<void> hear_until_lost(const ChangeListener& listener);
  Async<void> listen_for_a_while(PgConnection& connection, const ChangeListener& listener);
  Async<void> look(PgConnection& connection, const ChangeListener& listener);
  void pass_on(std::string_view payload, const ChangeListener& listener) const;

  // Constant after construction.
  const PgTarget& target_;
  const PostgresPooler pooler_;
  const std::string node_;  // so that a process does not hear itself
  // Guarded by the mutex.
  std::mutex mutex_;
  std::set<base::SessionId> unsent_;
  bool is_sending_ = false;
  // Used only on the executor.
  std::unique_ptr<PgConnection> voice_;
  bool has_looked_ = false;
  std::map<base::SessionId, std::int64_t> seen_;  // head of the log of those changed last
};

}  // namespace tollgate::store
