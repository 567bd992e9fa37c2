// Sessions in PostgreSQL, for any number of processes on any number of machines.
//
// Every call is one transaction; submitting an answer is one round trip, a commit of outcomes one or two, whatever the
// session's length. The schema must have been migrated (`tollgate migrate up`).
#pragma once

#include <memory>

#include "store/session_store.hpp"

namespace tollgate::store {

class PostgresDatabase;

std::unique_ptr<SessionStore> make_postgres_session_store(std::shared_ptr<PostgresDatabase> database);

}  // namespace tollgate::store
