// Schema migrations: numbered SQL files compiled into the program, applied in order, once each, never changed after.
//
// What is applied is recorded in the database with the file's checksum. A database that is newer than the program, or
// that was made from other files, is refused before anything is written. The back ends supply a MigrationTarget;
// everything here is synchronous and runs before a store is opened, or from the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded_file.hpp"
#include "base/result.hpp"
#include "base/sha256.hpp"

namespace tollgate::store {

using base::EmbeddedFile;

std::span<const EmbeddedFile> sqlite_migration_files();    // migrations/sqlite/*.sql
std::span<const EmbeddedFile> postgres_migration_files();  // migrations/postgres/*.sql

struct Migration {
  int version = 0;   // 1, 2, … without gaps
  std::string name;  // "0001_initial.sql"
  base::Sha256 checksum;
  std::string_view sql;
};

struct AppliedMigration {
  int version = 0;
  std::string name;
  base::Sha256 checksum;
};

// One database, as the runner sees it.
class MigrationTarget {
 public:
  virtual ~MigrationTarget() = default;
  virtual std::string place() const = 0;  // for messages: a path or a URL without its password
  virtual base::Result<std::vector<AppliedMigration>> applied() = 0;  // by version; empty in a new database
  // In one transaction with its record; does nothing when another process has applied it in the meantime.
  virtual base::Status apply(const Migration& migration) = 0;
};

struct MigrationStatus {
  int current = 0;                     // schema version of the database; 0: new
  int latest = 0;                      // of the program
  std::vector<std::string> pending{};  // names, in order
};

// kInternal when a name is not "NNNN_words.sql" or the numbers have a gap: a mistake in this build.
base::Result<std::vector<Migration>> read_migrations(std::span<const EmbeddedFile> files);

// kPreconditionFailed: the database is newer than the program, or an applied file was different.
base::Result<MigrationStatus> migration_status(MigrationTarget& target, std::span<const EmbeddedFile> files);

// Applies what is pending; the returned status has nothing pending. After an error the database holds exactly the
// migrations that came before the failing one.
base::Result<MigrationStatus> migrate_up(MigrationTarget& target, std::span<const EmbeddedFile> files);

}  // namespace tollgate::store
