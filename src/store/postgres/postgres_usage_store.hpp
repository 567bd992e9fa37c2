// The account of calls to models in the same PostgreSQL database as the sessions.
#pragma once

#include <memory>

#include "store/usage_store.hpp"

namespace tollgate::store {

class PostgresDatabase;

std::unique_ptr<UsageStore> make_postgres_usage_store(std::shared_ptr<PostgresDatabase> database);

}  // namespace tollgate::store
