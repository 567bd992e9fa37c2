#include "store/sqlite/database_file.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::int64_t kApplicationId = 0x546c6774;  // "Tlgt", in the file's header: see `file(1)`

std::unexpected<base::Error> cannot_create(const std::filesystem::path& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? ErrorCode::kNoSpace : ErrorCode::kUnavailable;
  return fail(code, fmt::format("cannot create {}: {}. Choose a place this user may write to, or make room there",
                                path.string(), std::generic_category().message(error)));
}

base::Status create_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return {};
  TRY_STATUS(create_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot_create(folder, errno);
  return {};
}

base::Result<std::int64_t> read_integer(Connection& db, std::string_view sql) {
  TRY(auto row, db.query(sql));
  TRY(const bool found, row.step());
  return found ? row.integer(0) : 0;
}

base::Status check_ours(Connection& db) {
  // In this order: another process may be making the schema, and sets the id in the same transaction.
  TRY(const auto tables, read_integer(db, "SELECT count(*) FROM sqlite_schema"));
  TRY(const auto application, read_integer(db, "PRAGMA application_id"));
  if (application == kApplicationId) return {};
  if (application == 0 && tables == 0) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is a database of another program: name another file for tollgate", db.path()));
}

}  // namespace

// A new file is the only one that may be opened here: closing a descriptor of a database that is in use would drop
// SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
base::Status create_database_file(const std::string& path) {
  TRY_STATUS(create_folder(std::filesystem::path(path).parent_path()));
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  return errno == EEXIST ? base::Status() : cannot_create(path, errno);
}

base::Result<std::unique_ptr<Connection>> open_database(const std::string& path) {
  TRY(auto connection, Connection::open(path, Connection::Access::kReadWrite));
  TRY_STATUS(check_ours(*connection));
  return connection;
}

base::Result<std::vector<AppliedMigration>> SqliteMigrationTarget::applied() {
  TRY(const auto tables,
      read_integer(connection_, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'"));
  std::vector<AppliedMigration> migrations;
  if (tables == 0) return migrations;
  TRY(auto rows, connection_.query("SELECT version, name, checksum FROM schema_migration ORDER BY version"));
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return migrations;
    migrations.push_back({static_cast<int>(rows.integer(0)), std::string(rows.text(1)), rows.digest(2)});
  }
}

base::Status SqliteMigrationTarget::apply(const Migration& migration) {
  TRY_STATUS(connection_.execute("BEGIN IMMEDIATE"));
  auto status = apply_in_transaction(migration);
  if (status) {
    auto committed = connection_.execute("COMMIT");
    if (!committed) status = fail(std::move(committed).error());
  }
  if (!status && connection_.in_transaction()) (void)connection_.execute("ROLLBACK");
  return status;
}

base::Status SqliteMigrationTarget::apply_in_transaction(const Migration& migration) {
  TRY_STATUS(
      connection_.execute("CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY, "
                          "name TEXT NOT NULL, checksum BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT"));
  TRY(const auto newest, read_integer(connection_, "SELECT coalesce(max(version), 0) FROM schema_migration"));
  if (newest >= migration.version) return {};
  TRY_STATUS(connection_.execute_script(migration.sql));
  TRY_STATUS(connection_.execute_script(fmt::format("PRAGMA application_id = {}", kApplicationId)));
  TRY_STATUS(
      connection_.execute("INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
                          migration.version, migration.name, migration.checksum, to_stored(base::SystemClock().now())));
  return {};
}

}  // namespace tollgate::store
