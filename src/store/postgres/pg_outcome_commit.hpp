// A commit of outcomes, with the lease's fence checked by the statement that writes them.
#pragma once

#include <cstdint>

#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

// One round trip; two when there are checkpoints, whose place in the chain is looked at first.
Async<std::int64_t> insert_outcomes(PgConnection& db, const OutcomeCommit& commit);

}  // namespace tollgate::store
