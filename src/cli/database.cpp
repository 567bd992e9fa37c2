#include "cli/database.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_encryption.hpp"
#include "store/postgres/postgres_identity_store.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "store/postgres/postgres_usage_store.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"
#include "store/sqlite/sqlite_usage_store.hpp"

namespace tollgate::cli {
namespace {

constexpr std::chrono::seconds kToSend{10};  // of a call, besides waiting for a connection and the statement itself

bool is_postgres(const std::string& url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

base::Result<std::string> sqlite_path(const std::string& url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (url.starts_with(kScheme) && url.size() > kScheme.size()) return url.substr(kScheme.size());
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "the store must be written sqlite:PATH, for example sqlite:./tollgate.db, or "
                    "postgres://USER@HOST/DATABASE");
}

base::Result<store::SqliteConfig> sqlite_config(const Config& config) {
  TRY(auto path, sqlite_path(config.database_url));
  return store::SqliteConfig{.path = std::move(path), .keys = encryption_keys(config)};
}

store::PostgresConfig postgres_config(const Config& config) {
  const std::chrono::seconds statement(config.database_statement_timeout_seconds);
  return {.url = config.database_url,
          .pooler = config.database_pooler ? store::PostgresPooler::kTransactions : store::PostgresPooler::kNone,
          .keys = encryption_keys(config),
          .cache_bytes = static_cast<std::size_t>(config.database_cache_mib) << 20,
          .min_connections = static_cast<int>(config.database_pool_min),
          .max_connections = static_cast<int>(config.database_pool_max),
          .acquire_timeout = std::chrono::seconds(config.database_pool_wait_seconds),
          .idle_timeout = std::chrono::seconds(config.database_pool_idle_seconds),
          .max_lifetime = std::chrono::seconds(config.database_pool_lifetime_seconds),
          .operation_timeout = statement + std::chrono::seconds(config.database_pool_wait_seconds) + kToSend,
          .statement_timeout = statement,
          .lock_timeout = statement};
}

}  // namespace

base::Result<OpenedDatabase> open_database(const Config& config, base::Random& random, IoThreads threads) {
  if (is_postgres(config.database_url)) {
    TRY(const auto database, store::PostgresDatabase::open(postgres_config(config), random, std::move(threads)));
    return OpenedDatabase{store::make_postgres_session_store(database), store::make_postgres_identity_store(database),
                          store::make_postgres_usage_store(database), [database] { return database->pool_counters(); },
                          [database](store::ChangeListener listener) { database->listen(std::move(listener)); }};
  }
  TRY(const auto sqlite, sqlite_config(config));
  TRY(const auto database, store::SqliteDatabase::open(sqlite));
  return OpenedDatabase{store::make_sqlite_session_store(database), store::make_sqlite_identity_store(database),
                        store::make_sqlite_usage_store(database)};
}

base::Result<store::MigrationStatus> schema_status(const Config& config) {
  if (is_postgres(config.database_url)) return store::postgres_migration_status(postgres_config(config));
  TRY(const auto sqlite, sqlite_config(config));
  return store::sqlite_migration_status(sqlite);
}

base::Result<store::MigrationStatus> migrate_schema(const Config& config) {
  if (is_postgres(config.database_url)) return store::migrate_postgres(postgres_config(config));
  TRY(const auto sqlite, sqlite_config(config));
  return store::migrate_sqlite(sqlite);
}

base::Result<store::EncryptionStatus> stored_encryption(const Config& config) {
  if (is_postgres(config.database_url)) return store::postgres_encryption_status(postgres_config(config));
  TRY(const auto sqlite, sqlite_config(config));
  return store::sqlite_encryption_status(sqlite);
}

base::Result<std::int64_t> rotate_keys(const Config& config, const store::RotationProgress& progress) {
  if (is_postgres(config.database_url)) return store::rotate_postgres_encryption(postgres_config(config), progress);
  TRY(const auto sqlite, sqlite_config(config));
  return store::rotate_sqlite_encryption(sqlite, progress);
}

base::Result<std::string> database_place(const std::string& database_url) {
  if (is_postgres(database_url)) return store::postgres_place({.url = database_url});
  return sqlite_path(database_url);
}

}  // namespace tollgate::cli
