#include "store/sqlite/sealed_rows.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;
using base::Status;

constexpr int kMaxRows = 200;  // of one batch
constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

// One column that may be sealed. `key_a` and `key_b` order its rows; `place` are the four fields of a Place.
struct SealedColumn {
  std::string_view part;
  std::string_view table;
  std::string_view column;
  std::string_view key_a;
  std::string_view key_b;
  std::string_view place;
  std::string_view join;
};

constexpr std::string_view kOfSession = "JOIN session s ON s.key = t.session";
constexpr SealedColumn kColumns[] = {
    {"settings", "session_settings", "settings", "t.session", "t.session", "s.id, '', '', 0", kOfSession},
    {"input", "input", "body", "t.rowid", "t.rowid", "s.id, t.kind, t.subject, t.version", kOfSession},
    {"outcome", "outcome", "body", "t.rowid", "t.rowid", "s.id, t.kind, t.subject, t.version", kOfSession},
    {"event", "event", "body", "t.session", "t.seq", "s.id, t.type, '', t.seq", kOfSession},
    {"checkpoint", "checkpoint", "manifest", "t.rowid", "t.rowid", "s.id, '', '', t.seq", kOfSession},
    {"blob", "blob", "bytes", "t.rowid", "t.rowid", "lower(hex(t.digest)), '', '', 0", ""},
};

bool is_blob(const SealedColumn& column) {
  return column.part == "blob";
}

base::Result<std::vector<StoredKey>> select_keys(Connection& db) {
  TRY(auto rows, db.query("SELECT id, check_value, retired FROM encryption_key ORDER BY id"));
  std::vector<StoredKey> keys;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return keys;
    keys.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2) != 0});
  }
}

Status run_in_transaction(Connection& db, std::string_view begin, const std::function<Status()>& change) {
  TRY(const auto begun, db.execute(begin));
  (void)begun;
  auto status = change();
  if (status) {
    auto committed = db.execute("COMMIT");
    if (!committed) status = fail(std::move(committed).error());
  }
  if (!status && db.in_transaction()) (void)db.execute("ROLLBACK");
  return status;
}

}  // namespace

struct SqliteEncryptionTarget::Row {
  std::array<std::int64_t, 2> key{};
  std::string owner;
  std::string kind;
  std::string subject;
  std::int64_t number = 0;
  std::string stored;
};

struct SqliteEncryptionTarget::Rows {
  std::vector<Row> rows;
  bool is_end = false;
};

Status check_keys(Connection& db, const ValueCipher& cipher) {
  TRY(const auto keys, select_keys(db));
  return check_keys(keys, cipher, db.path());
}

base::Result<std::vector<StoredKey>> SqliteEncryptionTarget::keys() {
  return select_keys(db_);
}

base::Result<bool> SqliteEncryptionTarget::holds_sessions() {
  TRY(auto row, db_.query("SELECT EXISTS (SELECT 1 FROM session) OR EXISTS (SELECT 1 FROM blob)"));
  TRY_STATUS(row.step());
  return row.integer(0) != 0;
}

base::Result<std::map<std::string, std::int64_t>> SqliteEncryptionTarget::count_values() {
  std::map<std::string, std::int64_t> counts;
  for (const auto& column : kColumns) {
    constexpr int kHeaderBytes = 26;  // what sealed_key_id() looks at
    TRY(auto rows, db_.query(fmt::format("SELECT CAST(substr({}, 1, {}) AS TEXT) AS header, count(*) FROM {} "
                                         "GROUP BY CASE WHEN header LIKE 'sealed:1:%' THEN header ELSE '' END",
                                         column.column, kHeaderBytes, column.table)));
    for (;;) {
      TRY(const bool more, rows.step());
      if (!more) break;
      counts[std::string(sealed_key_id(rows.text(0)))] += rows.integer(1);
    }
  }
  return counts;
}

Status SqliteEncryptionTarget::transact(const std::function<Status()>& change) {
  return run_in_transaction(db_, "BEGIN IMMEDIATE", change);
}

Status SqliteEncryptionTarget::save_key(const StoredKey& key) {
  TRY_STATUS(db_.execute("INSERT OR REPLACE INTO encryption_key (id, check_value, retired) VALUES (?, ?, ?)", key.id,
                         key.check, std::int64_t{key.retired}));
  return {};
}

Status SqliteEncryptionTarget::forget_key(const std::string& id) {
  TRY_STATUS(db_.execute("DELETE FROM encryption_key WHERE id = ?", id));
  return {};
}

// The values are read and sealed outside of the write transaction, which so stays short for others; a value that was
// deleted meanwhile is not there to be replaced, and none changes otherwise but by another rotation.
base::Result<EncryptionTarget::Batch> SqliteEncryptionTarget::seal_some(const ValueCipher& cipher) {
  const auto& column = kColumns[table_];
  TRY(const auto found, read_some());
  std::vector<std::pair<const Row*, std::string>> changes;
  for (const auto& row : found.rows) {
    TRY(auto sealed, reseal(cipher, row.stored, {column.part, row.owner, row.kind, row.subject, row.number}));
    if (sealed) changes.emplace_back(&row, *std::move(sealed));
  }
  if (!changes.empty()) {
    TRY_STATUS(transact([&]() -> Status {
      TRY_STATUS(check_keys(db_, cipher));
      for (const auto& [row, sealed] : changes) TRY_STATUS(replace(*row, sealed));
      return {};
    }));
  }
  if (!found.rows.empty()) position_ = found.rows.back().key;
  if (found.is_end) {
    position_ = {};
    table_ = (table_ + 1) % std::size(kColumns);
  }
  return Batch{static_cast<std::int64_t>(changes.size()), found.is_end && table_ == 0};
}

base::Result<SqliteEncryptionTarget::Rows> SqliteEncryptionTarget::read_some() const {
  const auto& column = kColumns[table_];
  TRY(auto rows, db_.query(fmt::format("SELECT {0}, {1}, {2}, t.{3} FROM {4} t {5} WHERE ({0}, {1}) > (?1, ?2) "
                                       "ORDER BY {0}, {1} LIMIT {6}",
                                       column.key_a, column.key_b, column.place, column.column, column.table,
                                       column.join, kMaxRows),
                           position_[0], position_[1]));
  Rows found;
  for (std::size_t bytes = 0; bytes < kMaxBytes && std::ssize(found.rows) < kMaxRows;) {
    TRY(const bool more, rows.step());
    if (!more) {
      found.is_end = true;
      break;
    }
    const auto stored = is_blob(column) ? rows.bytes(6) : rows.text(6);
    found.rows.push_back({{rows.integer(0), rows.integer(1)},
                          std::string(rows.text(2)),
                          std::string(rows.text(3)),
                          std::string(rows.text(4)),
                          rows.integer(5),
                          std::string(stored)});
    bytes += stored.size();
  }
  return found;
}

Status SqliteEncryptionTarget::replace(const Row& row, const std::string& sealed) {
  const auto& column = kColumns[table_];
  const auto sql = fmt::format("UPDATE {0} AS t SET {1} = ?1 WHERE ({2}, {3}) = (?2, ?3) AND t.{1} = ?4", column.table,
                               column.column, column.key_a, column.key_b);
  if (is_blob(column)) {
    TRY_STATUS(db_.execute(sql, Bytes{sealed}, row.key[0], row.key[1], Bytes{row.stored}));
  } else {
    TRY_STATUS(db_.execute(sql, sealed, row.key[0], row.key[1], row.stored));
  }
  return {};
}

// The database itself keeps nothing of what was replaced (PRAGMA secure_delete); the write-ahead log keeps old pages
// until they are overwritten.
Status SqliteEncryptionTarget::erase_remains() {
  TRY(auto row, db_.query("PRAGMA wal_checkpoint(TRUNCATE)"));
  TRY_STATUS(row.step());
  if (row.integer(0) == 0) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("every value of {} is encrypted, but other programs are reading it, so that what was plain "
                          "could not be erased from its log yet: run `tollgate encryption rotate` again",
                          db_.path()));
}

}  // namespace tollgate::store
