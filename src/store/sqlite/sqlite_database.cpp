#include "store/sqlite/sqlite_database.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "store/sqlite/database_file.hpp"
#include "store/sqlite/sealed_rows.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

base::Status check_config(const SqliteConfig& config) {
  if (config.path.empty() || config.path.starts_with("file:") || config.path.starts_with(":") ||
      config.path.find('\0') != std::string::npos) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no path of a database file: write sqlite:PATH, for example sqlite:tollgate.db",
                            config.path));
  }
  if (config.readers >= 1 && config.readers <= 16 && config.max_page_count >= 0) return {};
  return fail(ErrorCode::kInvalidArgument, "SQLite readers must lie in 1–16, and the page limit must not be negative");
}

base::Result<std::unique_ptr<Connection>> open_existing(const SqliteConfig& config) {
  TRY_STATUS(check_config(config));
  std::error_code error;
  if (!std::filesystem::exists(config.path, error)) {
    return fail(ErrorCode::kNotFound, fmt::format("there is no database {}", config.path));
  }
  return open_database(config.path);
}

}  // namespace

base::Result<std::shared_ptr<SqliteDatabase>> SqliteDatabase::open(const SqliteConfig& config) {
  TRY_STATUS(check_config(config));
  TRY_STATUS(create_database_file(config.path));
  TRY(auto writer, open_database(config.path));
  SqliteMigrationTarget target(*writer);
  TRY_STATUS(migrate_up(target, sqlite_migration_files()));
  SqliteEncryptionTarget encryption(*writer);
  TRY(auto cipher, open_encryption(encryption, config.keys));
  if (config.max_page_count > 0) {
    TRY_STATUS(writer->execute_script(fmt::format("PRAGMA max_page_count = {}", config.max_page_count)));
  }
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < config.readers; ++i) {
    TRY(readers.emplace_back(), Connection::open(config.path, Connection::Access::kReadOnly));
  }
  return std::shared_ptr<SqliteDatabase>(new SqliteDatabase(std::move(cipher), std::move(writer), std::move(readers)));
}

base::Result<MigrationStatus> sqlite_migration_status(const SqliteConfig& config) {
  TRY(auto connection, open_existing(config));
  SqliteMigrationTarget target(*connection);
  return migration_status(target, sqlite_migration_files());
}

base::Result<EncryptionStatus> sqlite_encryption_status(const SqliteConfig& config) {
  TRY(auto connection, open_existing(config));
  SqliteMigrationTarget migrations(*connection);
  TRY(const auto schema, migration_status(migrations, sqlite_migration_files()));
  if (!schema.pending.empty()) {
    return fail(
        ErrorCode::kPreconditionFailed,
        fmt::format("{} was made by an older version: bring it up to date with `tollgate migrate up`", config.path));
  }
  SqliteEncryptionTarget target(*connection);
  return encryption_status(target);
}

base::Result<std::int64_t> rotate_sqlite_encryption(const SqliteConfig& config, const RotationProgress& progress) {
  TRY(auto connection, open_existing(config));
  SqliteMigrationTarget migrations(*connection);
  TRY_STATUS(migrate_up(migrations, sqlite_migration_files()));
  SqliteEncryptionTarget target(*connection);
  return rotate_encryption(target, config.keys, progress);
}

base::Result<MigrationStatus> migrate_sqlite(const SqliteConfig& config) {
  TRY_STATUS(check_config(config));
  TRY_STATUS(create_database_file(config.path));
  TRY(auto connection, open_database(config.path));
  SqliteMigrationTarget target(*connection);
  return migrate_up(target, sqlite_migration_files());
}

}  // namespace tollgate::store
