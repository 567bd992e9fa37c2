// The account of calls to models in SQLite: one function per operation, each inside the caller's transaction. Errors as
// in UsageStore.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/usage.hpp"

namespace tollgate::store {

base::Status insert_usage(Connection& db, const UsageBatch& batch);
base::Result<UsageReport> select_usage(Connection& db, const UsageFilter& filter);
base::Result<std::vector<KeySpending>> select_charged(Connection& db, base::Date day);
base::Result<base::PicoUsd> select_charged(Connection& db, const std::string& session);
base::Result<std::int64_t> delete_usage(Connection& db, base::Date before, std::int64_t limit);

}  // namespace tollgate::store
