// Makes a connection without blocking: names resolved, addresses tried in turn, TLS and sign-in. Private to
// pg_connection.
#pragma once

#include <memory>

#include "net/call_context.hpp"
#include "store/postgres/pg_readiness.hpp"
#include "store/postgres/pg_target.hpp"
#include "store/session_store.hpp"

struct pg_conn;  // of libpq

namespace tollgate::store {

struct FinishConnection {
  void operator()(pg_conn* raw) const;
};
using PgHandle = std::unique_ptr<pg_conn, FinishConnection>;

struct OpenedConnection {
  PgHandle raw;
  std::unique_ptr<PgReadiness> readiness;  // to be destroyed before `raw`
};

// kUnavailable with the cure, kTimeout at the deadline, kCancelled.
Async<OpenedConnection> open_connection(const PgTarget& target, net::Deadline deadline);

// The same, blocking its thread, with libpq's own look-up of names.
base::Result<PgHandle> open_blocking(const PgTarget& target, net::Deadline deadline);

bool has_input(const PgHandle& raw);  // something can be read at once, the end of the stream perhaps

}  // namespace tollgate::store
