// One connection to a PostgreSQL server: batches of statements in libpq's pipeline mode, on Asio.
//
// Executor: the one open() was awaited on (one thread); one call at a time.
// Cancel:   closes the connection, as does the deadline: a reply that nobody reads would be taken for the next one's.
//           The server goes on with a statement under way until it has ended or statement_timeout stops it.
// Errors:   by SQLSTATE, see pg_error.hpp. A lost connection is kUnavailable; nobody knows then whether a batch that
//           was on its way was committed.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"
#include "store/postgres/pg_batch.hpp"
#include "store/postgres/pg_error.hpp"
#include "store/postgres/pg_result.hpp"
#include "store/postgres/pg_target.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

class PgConnection {
 public:
  // `target` must outlive it. Names are resolved without blocking, addresses tried in turn.
  static Async<std::unique_ptr<PgConnection>> open(const PgTarget& target, PostgresPooler pooler,
                                                   net::Deadline deadline);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // One round trip; a result for each statement, in order. The first statement that fails undoes the batch and those
  // after it are not run; failure() has the particulars. A statement that the server has forgotten is prepared again.
  Async<std::vector<PgResult>> run(PgBatch batch);

  // For the runs to come.
  void set_deadline(net::Deadline deadline) { deadline_ = deadline; }
  net::Deadline deadline() const { return deadline_; }

  const std::string& place() const;  // the database, for messages
  const PgFailure& failure() const { return failure_; }  // of the last run
  bool is_open() const;
  bool in_transaction() const;     // begun and not ended, or failed and not rolled back
  bool has_unasked_input() const;  // an idle connection that has something to read is about to be closed
  std::int64_t round_trips() const { return round_trips_; }
  int server_process() const;      // id of the process that serves it

  // Channels of notifications received since the last call, with their payloads; see LISTEN. Waits for input.
  struct Notification {
    std::string payload;
    int sender = 0;
  };
  Async<std::vector<Notification>> notifications();

 private:
  struct Impl;
  explicit PgConnection(std::unique_ptr<Impl> impl);

  Async<std::vector<PgResult>> attempt(const PgBatch& batch);
  bool send(const PgBatch& batch);
  bool collect(std::vector<PgResult>& results);
  std::unexpected<base::Error> lost();
  void close();

  const std::unique_ptr<Impl> impl_;
  net::Deadline deadline_ = net::Deadline::max();
  PgFailure failure_;
  std::int64_t round_trips_ = 0;
};

}  // namespace tollgate::store
