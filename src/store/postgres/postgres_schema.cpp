#include "store/postgres/postgres_schema.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "store/postgres/pg_batch.hpp"
#include "store/postgres/pg_error.hpp"
#include "store/postgres/pg_opening.hpp"
#include "store/postgres/pg_result.hpp"
#include "store/postgres/pg_target.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::int64_t kMigrationLock = 0x746f6c6c67617465;  // "tollgate": one of the database's advisory locks

// A blocking connection: migrations run one after the other, and nothing else meanwhile.
class BlockingConnection final : public MigrationTarget {
 public:
  static base::Result<std::unique_ptr<BlockingConnection>> open(const PostgresConfig& config) {
    TRY(auto target, read_target(config));
    if (config.pooler == PostgresPooler::kNone) target.set("options", "-c statement_timeout=0");  // an index takes long
    TRY(auto raw, open_blocking(target, std::chrono::steady_clock::now() + config.connect_timeout));
    return std::unique_ptr<BlockingConnection>(new BlockingConnection(config, target.place, std::move(raw)));
  }

  std::string place() const override { return place_; }

  base::Result<std::vector<AppliedMigration>> applied() override {
    std::vector<AppliedMigration> migrations;
    TRY(const auto table, query("SELECT to_regclass('schema_migration') IS NOT NULL"));
    if (!table.front().boolean(0)) return migrations;
    TRY(const auto rows, query("SELECT version, name, checksum FROM schema_migration ORDER BY version"));
    for (int i = 0; i < rows.size(); ++i) {
      const auto row = rows.row(i);
      migrations.push_back({static_cast<int>(row.integer(0)), std::string(row.text(1)), row.digest(2)});
    }
    return migrations;
  }

  base::Status apply(const Migration& migration) override {
    TRY_STATUS(script("BEGIN"));
    auto status = apply_in_transaction(migration);
    if (status) status = script("COMMIT");
    if (!status) (void)script("ROLLBACK");
    return status;
  }

 private:
  BlockingConnection(const PostgresConfig& config, std::string place, PgHandle raw)
      : lock_timeout_(config.migration_lock_timeout), place_(std::move(place)), raw_(std::move(raw)) {
    PQsetNoticeProcessor(raw_.get(), [](void*, const char*) {}, nullptr);  // or libpq would write to stderr
  }

  base::Status apply_in_transaction(const Migration& migration) {
    TRY_STATUS(script(fmt::format("SET LOCAL lock_timeout = {}", lock_timeout_.count())));
    if (auto locked = script(fmt::format("SELECT pg_advisory_xact_lock({})", kMigrationLock)); !locked) {
      if (locked.error().code != ErrorCode::kTimeout) return locked;
      return fail(ErrorCode::kUnavailable,
                  fmt::format("another process is migrating {}: wait for it to end and repeat", place_),
                  locked.error().detail);
    }
    TRY(const auto encoding, query("SELECT current_setting('server_encoding')"));
    if (encoding.front().text(0) != "UTF8") {
      return fail(ErrorCode::kPreconditionFailed,
                  fmt::format("{} has the encoding {}: make it with createdb --encoding=UTF8 --template=template0",
                              place_, encoding.front().text(0)));
    }
    TRY_STATUS(
        script("CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, name text NOT NULL, "
               "checksum bytea NOT NULL CHECK (length(checksum) = 32), applied_at bigint NOT NULL)"));
    TRY(const auto newest, query("SELECT coalesce(max(version), 0) FROM schema_migration"));
    if (newest.front().integer(0) >= migration.version) return {};
    TRY_STATUS(script(std::string(migration.sql)));
    return record(migration);
  }

  base::Status record(const Migration& migration) {
    PgParameters parameters;
    parameters.add(std::int64_t{migration.version});
    parameters.add(migration.name);
    parameters.add(migration.checksum);
    parameters.add(to_stored(base::SystemClock().now()));
    TRY_STATUS(query("INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                     parameters));
    return {};
  }

  base::Status script(const std::string& sql) {
    const PgResult result(PQexec(raw_.get(), sql.c_str()));
    return check(result);
  }

  base::Result<PgResult> query(const char* sql, const PgParameters& parameters = {}) {
    const std::vector<int> formats(parameters.size(), 1);
    PgResult result(PQexecParams(raw_.get(), sql, static_cast<int>(parameters.size()), parameters.types().data(),
                                 parameters.values().data(), parameters.lengths().data(), formats.data(), 1));
    TRY_STATUS(check(result));
    return result;
  }

  base::Status check(const PgResult& result) const {
    const auto status = PQresultStatus(result.raw());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    const char* sqlstate = PQresultErrorField(result.raw(), PG_DIAG_SQLSTATE);
    return fail(explain_failure({.sqlstate = sqlstate == nullptr ? "" : sqlstate,
                                 .message = std::string(base::trim(PQresultErrorMessage(result.raw())))},
                                place_));
  }

  const std::chrono::milliseconds lock_timeout_;
  const std::string place_;
  const PgHandle raw_;
};

}  // namespace

base::Result<MigrationStatus> postgres_migration_status(const PostgresConfig& config) {
  TRY(const auto connection, BlockingConnection::open(config));
  return migration_status(*connection, postgres_migration_files());
}

base::Result<MigrationStatus> migrate_postgres(const PostgresConfig& config) {
  TRY(const auto connection, BlockingConnection::open(config));
  return migrate_up(*connection, postgres_migration_files());
}

base::Status check_postgres_schema(const PostgresConfig& config) {
  TRY(const auto connection, BlockingConnection::open(config));
  TRY(const auto status, migration_status(*connection, postgres_migration_files()));
  if (status.pending.empty()) return {};
  return fail(ErrorCode::kPreconditionFailed,
              fmt::format("{} has schema version {}, this program needs {}: run `tollgate migrate up`",
                          connection->place(), status.current, status.latest));
}

base::Result<std::string> postgres_place(const PostgresConfig& config) {
  TRY(const auto target, read_target(config));
  return target.place;
}

}  // namespace tollgate::store
