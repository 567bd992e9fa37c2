// A commit of outcomes, with the lease's fence checked by the statement that writes them.
#pragma once

#include <cstdint>

#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

// Two round trips, one transaction: what is stored already is looked at first.
Async<std::int64_t> insert_outcomes(PgConnection& db, const ValueCipher& cipher, const OutcomeCommit& commit);

}  // namespace tollgate::store
