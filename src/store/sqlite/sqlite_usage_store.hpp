// The account of calls to models in the same SQLite file as the sessions.
#pragma once

#include <memory>

#include "store/usage_store.hpp"

namespace tollgate::store {

class SqliteDatabase;

std::unique_ptr<UsageStore> make_sqlite_usage_store(std::shared_ptr<SqliteDatabase> database);

}  // namespace tollgate::store
