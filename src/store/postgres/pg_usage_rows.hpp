// The account of calls to models in PostgreSQL: one batch of statements each. Errors as in UsageStore.
#pragma once

#include <string>
#include <vector>

#include "store/postgres/pg_connection.hpp"
#include "store/session_store.hpp"
#include "store/usage.hpp"

namespace tollgate::store {

Async<void> insert_usage(PgConnection& db, const UsageBatch& batch);
Async<UsageReport> select_usage(PgConnection& db, const UsageFilter& filter);
Async<std::vector<KeySpending>> select_charged(PgConnection& db, base::Date day);
Async<base::PicoUsd> select_charged(PgConnection& db, const std::string& session);
Async<std::int64_t> delete_usage(PgConnection& db, base::Date before, std::int64_t limit);

}  // namespace tollgate::store
