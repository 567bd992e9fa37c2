#include "store/sqlite/connection.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <thread>
#include <utility>

#include <sqlite3.h>

#include "store/sqlite/sqlite_error.hpp"

namespace tollgate::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      raw_(std::exchange(other.raw_, nullptr)),
      next_(other.next_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (raw_ == nullptr) return;
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}

void Statement::bind(std::int64_t value) {
  bind_error_ |= sqlite3_bind_int64(raw_, next_++, value);
}

// The data pointer of an empty view may be null, which SQLite would take for NULL.
void Statement::bind(std::string_view text) {
  bind_error_ |=
      sqlite3_bind_text64(raw_, next_++, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind(const base::Sha256& digest) {
  bind_bytes(digest.view());
}

void Statement::bind(std::nullptr_t) {
  bind_error_ |= sqlite3_bind_null(raw_, next_++);
}

void Statement::bind_bytes(std::string_view bytes) {
  bind_error_ |= sqlite3_bind_blob64(raw_, next_++, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

base::Result<bool> Statement::step() {
  const int code = bind_error_ != SQLITE_OK ? bind_error_ : sqlite3_step(raw_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return base::fail(connection_->error(code, sqlite3_sql(raw_)));
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(raw_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = sqlite3_column_text(raw_, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

std::string_view Statement::bytes(int column) const {
  const auto* data = sqlite3_column_blob(raw_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

// The schema checks the length; a damaged file could still hold another one.
base::Sha256 Statement::digest(int column) const {
  base::Sha256 digest;
  const auto stored = bytes(column);
  std::copy_n(stored.begin(), std::min(stored.size(), digest.bytes.size()), digest.bytes.begin());
  return digest;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(raw_, column) == SQLITE_NULL;
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

base::Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) {
    auto error = sqlite_error(raw, code, path, "open");
    sqlite3_close_v2(raw);
    return base::fail(std::move(error));
  }
  std::unique_ptr<Connection> connection(new Connection(raw, path));
  TRY_STATUS(connection->configure(access));
  return connection;
}

Connection::~Connection() {
  prepared_.clear();
  sqlite3_close_v2(raw_);
}

base::Status Connection::configure(Access access) {
  sqlite3_busy_timeout(raw_, kBusyTimeoutMs);
  sqlite3_db_config(raw_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  TRY_STATUS(execute_script(
      "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
      "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = "
      "-8192;"));
  if (access == Access::kReadOnly) return execute_script("PRAGMA query_only = ON");
  return enter_wal_mode();
}

// SQLite does not wait here when two connections turn the same new file to WAL at once: one of them is told that it is
// busy, whatever its timeout (sqlite.org/c3ref/busy_handler.html, on deadlocks).
base::Status Connection::enter_wal_mode() {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
  for (;;) {
    TRY(auto mode, query("PRAGMA journal_mode = WAL"));
    const auto row = mode.step();
    if (row && mode.text(0) == "wal") return {};
    if (row) break;
    if (row.error().code != base::ErrorCode::kUnavailable || std::chrono::steady_clock::now() > give_up) {
      return base::fail(row.error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return base::fail(base::ErrorCode::kUnsupported,
                    path_ +
                        " cannot use write-ahead logging, probably because it lies on a network drive: put the "
                        "database on a local disk, or use PostgreSQL");
}

base::Result<Statement> Connection::prepare(std::string_view sql) {
  const auto known = prepared_.find(sql);
  if (known != prepared_.end()) {
    assert(sqlite3_stmt_busy(known->second.get()) == 0);
    return Statement(*this, known->second.get());
  }
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return base::fail(error(code, sql));
  prepared_.emplace(sql, raw);
  return Statement(*this, raw);
}

base::Result<std::int64_t> Connection::run(Statement& statement) {
  for (;;) {
    TRY(const bool row, statement.step());
    if (!row) return sqlite3_changes64(raw_);
  }
}

base::Status Connection::execute_script(std::string_view sql) {
  const std::string script(sql);
  const int code = sqlite3_exec(raw_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return base::fail(error(code, sql.substr(0, 80)));
  return {};
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(raw_) == 0;
}

base::Error Connection::error(int code, std::string_view sql) const {
  return sqlite_error(raw_, code, path_, sql);
}

}  // namespace tollgate::store
