// The embedded store: one SQLite file on a local disk, for one or several processes of one machine.
//
// Opening creates the file (0600) and its folder (0700) and brings the schema up to date. Writes go through one thread
// with batched, fully synced commits; reads through a small pool. The destructor finishes what was accepted, then
// joins.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/migrations.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

struct SqliteConfig {
  std::string path{};               // of the database file; no ":memory:", no URI
  int readers = 2;                  // 1–16 threads
  std::int64_t max_page_count = 0;  // of 4 KiB each: the database grows no further; 0: no limit but the disk's
};

// kInvalidArgument for a bad config or another program's database; kPreconditionFailed for a schema of a newer program;
// kCorrupt; kUnavailable with the cure when the file cannot be opened.
base::Result<std::unique_ptr<SessionStore>> open_sqlite_store(SqliteConfig config);

// For `migrate status` and `migrate up`. The first one changes nothing; kNotFound when there is no file.
base::Result<MigrationStatus> sqlite_migration_status(const SqliteConfig& config);
base::Result<MigrationStatus> migrate_sqlite(const SqliteConfig& config);

}  // namespace tollgate::store
