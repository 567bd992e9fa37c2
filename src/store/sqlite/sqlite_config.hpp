// Where an embedded database lies, how much it may use and what it is encrypted with; its schema's state and keys.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/encryption.hpp"
#include "store/migrations.hpp"

namespace tollgate::store {

struct SqliteConfig {
  std::string path{};               // of the database file; no ":memory:", no URI
  int readers = 2;                  // 1–16 threads
  EncryptionKeys keys{};            // of what is stored; empty: plain
  std::int64_t max_page_count = 0;  // of 4 KiB each: the database grows no further; 0: no limit but the disk's
};

// For `migrate status` and `migrate up`. The first one changes nothing; kNotFound when there is no file.
base::Result<MigrationStatus> sqlite_migration_status(const SqliteConfig& config);
base::Result<MigrationStatus> migrate_sqlite(const SqliteConfig& config);

// For `encryption status` and `encryption rotate`; the keys are those of the config. The first one needs none and
// changes nothing; kNotFound when there is no file, kPreconditionFailed while a migration is pending.
base::Result<EncryptionStatus> sqlite_encryption_status(const SqliteConfig& config);
base::Result<std::int64_t> rotate_sqlite_encryption(const SqliteConfig& config, const RotationProgress& progress);

}  // namespace tollgate::store
