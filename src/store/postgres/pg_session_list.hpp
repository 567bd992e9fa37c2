// A page of the list of sessions.
//
// However many sessions there are, a page reads little more than what it shows: each status, and each way in which an
// account may see a session, is a branch of its own that an index serves in order; the newest of all branches are
// taken.
#pragma once

#include "store/postgres/pg_connection.hpp"
#include "store/postgres/pg_read_cache.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

// One round trip, and another one for sessions that are not cached.
Async<SessionPage> select_page(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                               const SessionFilter& filter);

// The statement alone, for a look at its plan.
struct ListStatement {
  std::string sql;
  PgParameters parameters;
};
base::Result<ListStatement> list_statement(const SessionFilter& filter);

}  // namespace tollgate::store
