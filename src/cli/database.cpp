#include "cli/database.hpp"

#include <chrono>
#include <string_view>

#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_identity_store.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"

namespace tollgate::cli {
namespace {

constexpr std::chrono::seconds kToWaitAndSend{15};  // of a call, besides the statement itself

bool is_postgres(const std::string& url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

base::Result<store::SqliteConfig> sqlite_config(const std::string& url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (url.starts_with(kScheme) && url.size() > kScheme.size()) return store::SqliteConfig{url.substr(kScheme.size())};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "the store must be written sqlite:PATH, for example sqlite:./tollgate.db, or "
                    "postgres://USER@HOST/DATABASE");
}

store::PostgresConfig postgres_config(const Config& config) {
  const std::chrono::seconds statement(config.database_statement_timeout_seconds);
  return {.url = config.database_url,
          .pooler = config.database_pooler ? store::PostgresPooler::kTransactions : store::PostgresPooler::kNone,
          .max_connections = static_cast<int>(config.database_pool_max),
          .operation_timeout = statement + kToWaitAndSend,
          .statement_timeout = statement,
          .lock_timeout = statement};
}

}  // namespace

base::Result<OpenedDatabase> open_database(const Config& config, base::Random& random) {
  if (is_postgres(config.database_url)) {
    TRY(const auto database, store::PostgresDatabase::open(postgres_config(config), random));
    return OpenedDatabase{store::make_postgres_session_store(database), store::make_postgres_identity_store(database),
                          [database](store::ChangeListener listener) { database->listen(std::move(listener)); }};
  }
  TRY(const auto sqlite, sqlite_config(config.database_url));
  TRY(const auto database, store::SqliteDatabase::open(sqlite));
  return OpenedDatabase{store::make_sqlite_session_store(database), store::make_sqlite_identity_store(database),
                        {}};
}

base::Result<store::MigrationStatus> schema_status(const Config& config) {
  if (is_postgres(config.database_url)) return store::postgres_migration_status(postgres_config(config));
  TRY(const auto sqlite, sqlite_config(config.database_url));
  return store::sqlite_migration_status(sqlite);
}

base::Result<store::MigrationStatus> migrate_schema(const Config& config) {
  if (is_postgres(config.database_url)) return store::migrate_postgres(postgres_config(config));
  TRY(const auto sqlite, sqlite_config(config.database_url));
  return store::migrate_sqlite(sqlite);
}

base::Result<std::string> database_place(const std::string& database_url) {
  if (is_postgres(database_url)) return store::postgres_place({.url = database_url});
  TRY(const auto sqlite, sqlite_config(database_url));
  return sqlite.path;
}

}  // namespace tollgate::cli
