// The embedded store: one SQLite file on a local disk, for one or several processes of one machine.
//
// Opening creates the file (0600) and its folder (0700) and brings the schema up to date. Writes go through one thread
// with batched, fully synced commits; reads through a small pool. The destructor finishes what was accepted, then
// joins.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "store/session_store.hpp"
#include "store/sqlite/sqlite_config.hpp"

namespace tollgate::store {

class SqliteDatabase;

std::unique_ptr<SessionStore> make_sqlite_session_store(std::shared_ptr<SqliteDatabase> database);

// A database for sessions alone. kInvalidArgument for a bad config or another program's database; kPreconditionFailed
// for a schema of a newer program, or keys that do not fit (store/encryption.hpp); kCorrupt; kUnavailable with the cure
// when the file cannot be opened.
base::Result<std::unique_ptr<SessionStore>> open_sqlite_store(SqliteConfig config);

}  // namespace tollgate::store
