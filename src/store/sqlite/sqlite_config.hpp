// Where an embedded database lies and how much it may use; and its schema's state.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/migrations.hpp"

namespace tollgate::store {

struct SqliteConfig {
  std::string path{};               // of the database file; no ":memory:", no URI
  int readers = 2;                  // 1–16 threads
  std::int64_t max_page_count = 0;  // of 4 KiB each: the database grows no further; 0: no limit but the disk's
};

// For `migrate status` and `migrate up`. The first one changes nothing; kNotFound when there is no file.
base::Result<MigrationStatus> sqlite_migration_status(const SqliteConfig& config);
base::Result<MigrationStatus> migrate_sqlite(const SqliteConfig& config);

}  // namespace tollgate::store
