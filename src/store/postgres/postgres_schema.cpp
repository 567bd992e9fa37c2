#include "store/postgres/postgres_schema.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "store/postgres/pg_blocking_connection.hpp"
#include "store/postgres/pg_target.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::int64_t kMigrationLock = 0x746f6c6c67617465;  // "tollgate": one of the database's advisory locks

class PostgresMigrationTarget final : public MigrationTarget {
 public:
  PostgresMigrationTarget(PgBlockingConnection& connection, std::chrono::milliseconds lock_timeout)
      : db_(connection), lock_timeout_(lock_timeout) {}

  std::string place() const override { return db_.place(); }

  base::Result<std::vector<AppliedMigration>> applied() override {
    std::vector<AppliedMigration> migrations;
    TRY(const auto table, db_.query("SELECT to_regclass('schema_migration') IS NOT NULL"));
    if (!table.front().boolean(0)) return migrations;
    TRY(const auto rows, db_.query("SELECT version, name, checksum FROM schema_migration ORDER BY version"));
    for (int i = 0; i < rows.size(); ++i) {
      const auto row = rows.row(i);
      migrations.push_back({static_cast<int>(row.integer(0)), std::string(row.text(1)), row.digest(2)});
    }
    return migrations;
  }

  base::Status apply(const Migration& migration) override {
    return db_.transact([&] { return apply_in_transaction(migration); });
  }

 private:
  base::Status apply_in_transaction(const Migration& migration) {
    TRY_STATUS(db_.script(fmt::format("SET LOCAL lock_timeout = {}", lock_timeout_.count())));
    if (auto locked = db_.script(fmt::format("SELECT pg_advisory_xact_lock({})", kMigrationLock)); !locked) {
      if (locked.error().code != ErrorCode::kTimeout) return locked;
      return fail(ErrorCode::kUnavailable,
                  fmt::format("another process is migrating {}: wait for it to end and repeat", place()),
                  locked.error().detail);
    }
    TRY(const auto encoding, db_.query("SELECT current_setting('server_encoding')"));
    if (encoding.front().text(0) != "UTF8") {
      return fail(ErrorCode::kPreconditionFailed,
                  fmt::format("{} has the encoding {}: make it with createdb --encoding=UTF8 --template=template0",
                              place(), encoding.front().text(0)));
    }
    TRY_STATUS(
        db_.script("CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, name text NOT NULL, "
                   "checksum bytea NOT NULL CHECK (length(checksum) = 32), applied_at bigint NOT NULL)"));
    TRY(const auto newest, db_.query("SELECT coalesce(max(version), 0) FROM schema_migration"));
    if (newest.front().integer(0) >= migration.version) return {};
    TRY_STATUS(db_.script(std::string(migration.sql)));
    return record(migration);
  }

  base::Status record(const Migration& migration) {
    PgParameters parameters;
    parameters.add(std::int64_t{migration.version});
    parameters.add(migration.name);
    parameters.add(migration.checksum);
    parameters.add(to_stored(base::SystemClock().now()));
    TRY_STATUS(db_.query("INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                         parameters));
    return {};
  }

  PgBlockingConnection& db_;
  const std::chrono::milliseconds lock_timeout_;
};

}  // namespace

base::Result<MigrationStatus> postgres_migration_status(const PostgresConfig& config) {
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresMigrationTarget target(*connection, config.migration_lock_timeout);
  return migration_status(target, postgres_migration_files());
}

base::Result<MigrationStatus> migrate_postgres(const PostgresConfig& config) {
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresMigrationTarget target(*connection, config.migration_lock_timeout);
  return migrate_up(target, postgres_migration_files());
}

base::Status check_postgres_schema(const PostgresConfig& config) {
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresMigrationTarget target(*connection, config.migration_lock_timeout);
  TRY(const auto status, migration_status(target, postgres_migration_files()));
  if (status.pending.empty()) return {};
  return fail(ErrorCode::kPreconditionFailed,
              fmt::format("{} has schema version {}, this program needs {}: run `tollgate migrate up`",
                          target.place(), status.current, status.latest));
}

base::Result<std::string> postgres_place(const PostgresConfig& config) {
  TRY(const auto target, read_target(config));
  return target.place;
}

}  // namespace tollgate::store
