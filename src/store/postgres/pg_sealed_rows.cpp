#include "store/postgres/pg_sealed_rows.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;
using base::Status;

constexpr int kMaxRows = 200;  // of one batch
constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

// One column that may be sealed. `place` are the last four fields of a Place, which also name the row: `key` are the
// key's columns, `position` their values from $1 to $4, `match` says that v names row t.
struct SealedColumn {
  std::string_view part;
  std::string_view table;
  std::string_view column;
  std::string_view place;
  std::string_view key;
  std::string_view position;
  std::string_view match;
};

constexpr std::string_view kOfEntry = "t.session::text, t.kind, t.subject, t.version";
constexpr std::string_view kEntryKey = "t.session, t.kind, t.subject, t.version";
constexpr std::string_view kEntryPosition = "$1::uuid, $2, $3, $4";
constexpr std::string_view kEntryMatch =
    "t.session = v.owner::uuid AND t.kind = v.kind AND t.subject = v.subject AND t.version = v.number";
constexpr std::string_view kNumberedKey = "t.session, t.seq";
constexpr std::string_view kNumberedPosition = "$1::uuid, $4";
constexpr std::string_view kNumberedMatch = "t.session = v.owner::uuid AND t.seq = v.number";
constexpr SealedColumn kColumns[] = {
    {"settings", "session", "settings", "t.id::text, '', '', 0::bigint", "t.id", "$1::uuid", "t.id = v.owner::uuid"},
    {"input", "input", "body", kOfEntry, kEntryKey, kEntryPosition, kEntryMatch},
    {"outcome", "outcome", "body", kOfEntry, kEntryKey, kEntryPosition, kEntryMatch},
    {"event", "event", "body", "t.session::text, t.type, '', t.seq", kNumberedKey, kNumberedPosition, kNumberedMatch},
    {"checkpoint", "checkpoint", "manifest", "t.session::text, '', '', t.seq", kNumberedKey, kNumberedPosition,
     kNumberedMatch},
    {"blob", "blob", "bytes", "encode(t.digest, 'hex'), '', '', 0::bigint", "t.digest", "decode($1, 'hex')",
     "t.digest = decode(v.owner, 'hex')"},
};

bool is_blob(const SealedColumn& column) {
  return column.part == "blob";
}

std::vector<StoredKey> read_keys(const PgResult& rows) {
  std::vector<StoredKey> keys;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    keys.push_back({std::string(row.text(0)), std::string(row.text(1)), row.boolean(2)});
  }
  return keys;
}

}  // namespace

Status check_keys(const PgResult& keys, const ValueCipher& cipher, const std::string& place) {
  return check_keys(read_keys(keys), cipher, place);
}

struct PostgresEncryptionTarget::Row {
  std::string owner;
  std::string kind;
  std::string subject;
  std::int64_t number = 0;
  std::string stored;
};

PostgresEncryptionTarget::PostgresEncryptionTarget(PgBlockingConnection& connection,
                                                   std::chrono::milliseconds lock_timeout)
    : db_(connection), lock_timeout_(lock_timeout) {}
PostgresEncryptionTarget::~PostgresEncryptionTarget() = default;

base::Result<std::vector<StoredKey>> PostgresEncryptionTarget::keys() {
  TRY(const auto rows, db_.query(std::string(kSelectKeys)));
  return read_keys(rows);
}

base::Result<bool> PostgresEncryptionTarget::holds_sessions() {
  TRY(const auto rows, db_.query("SELECT EXISTS (SELECT FROM session) OR EXISTS (SELECT FROM blob)"));
  return rows.front().boolean(0);
}

base::Result<std::map<std::string, std::int64_t>> PostgresEncryptionTarget::count_values() {
  constexpr int kHeaderBytes = 26;  // what sealed_key_id() looks at; ASCII when it is one
  std::map<std::string, std::int64_t> counts;
  for (const auto& column : kColumns) {
    const auto start = fmt::format("substr({}, 1, {})", column.column, kHeaderBytes);
    const auto header = is_blob(column) ? fmt::format("encode({}, 'escape')", start) : start;
    TRY(const auto rows,
        db_.query(fmt::format("SELECT CASE WHEN {0} LIKE 'sealed:1:%' THEN {0} ELSE '' END, count(*) FROM {1} "
                              "GROUP BY 1",
                              header, column.table)));
    for (int i = 0; i < rows.size(); ++i) {
      counts[std::string(sealed_key_id(rows.row(i).text(0)))] += rows.row(i).integer(1);
    }
  }
  return counts;
}

// The lock waits for every transaction that has read the keys, and keeps others from reading them.
Status PostgresEncryptionTarget::transact(const std::function<Status()>& change) {
  return db_.transact([&]() -> Status {
    TRY_STATUS(db_.script(fmt::format("SET LOCAL lock_timeout = {}", lock_timeout_.count())));
    TRY_STATUS(db_.script("LOCK TABLE encryption_key IN ACCESS EXCLUSIVE MODE"));
    return change();
  });
}

Status PostgresEncryptionTarget::save_key(const StoredKey& key) {
  PgParameters parameters;
  parameters.add(key.id);
  parameters.add(key.check);
  parameters.add(key.retired);
  TRY_STATUS(
      db_.query("INSERT INTO encryption_key (id, check_value, retired) VALUES ($1, $2, $3) "
                "ON CONFLICT (id) DO UPDATE SET check_value = excluded.check_value, retired = excluded.retired",
                parameters));
  return {};
}

Status PostgresEncryptionTarget::forget_key(const std::string& id) {
  PgParameters parameters;
  parameters.add(id);
  TRY_STATUS(db_.query("DELETE FROM encryption_key WHERE id = $1", parameters));
  return {};
}

// As in SQLite, values are read and sealed outside of the transaction that replaces them.
base::Result<EncryptionTarget::Batch> PostgresEncryptionTarget::seal_some(const ValueCipher& cipher) {
  TRY(auto found, read_some());
  const bool is_end = found.empty();
  std::vector<Row> rows;
  std::vector<std::string> sealed;
  for (const auto& row : found) {
    const Place place{kColumns[table_].part, row.owner, row.kind, row.subject, row.number};
    TRY(auto changed, reseal(cipher, row.stored, place));
    if (!changed) continue;
    rows.push_back(row);
    sealed.push_back(*std::move(changed));
  }
  if (!rows.empty()) {
    TRY_STATUS(db_.transact([&]() -> Status {
      TRY(const auto keys, db_.query(std::string(kSelectKeys)));
      TRY_STATUS(check_keys(keys, cipher, place()));
      return replace(rows, sealed);
    }));
  }
  last_ = is_end ? nullptr : std::make_unique<Row>(std::move(found.back()));
  if (is_end) table_ = (table_ + 1) % std::size(kColumns);
  return Batch{std::ssize(rows), is_end && table_ == 0};
}

// Behind `last_`, not more than fit a batch.
base::Result<std::vector<PostgresEncryptionTarget::Row>> PostgresEncryptionTarget::read_some() const {
  const auto& column = kColumns[table_];
  PgParameters position;
  std::string after = "true";
  if (last_) {
    position.add(last_->owner);
    position.add(last_->kind);
    position.add(last_->subject);
    position.add(last_->number);
    after = fmt::format("({}) > ({})", column.key, column.position);
  }
  // Values are measured before they are read: 200 of the largest would not fit into memory.
  TRY(const auto rows,
      db_.query(fmt::format("SELECT {0}, t.{1} FROM (SELECT *, sum(octet_length({1})) OVER (ORDER BY {2} "
                            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - octet_length({1}) AS bytes_before "
                            "FROM (SELECT * FROM {3} t WHERE {4} ORDER BY {2} LIMIT {5}) t) t "
                            "WHERE bytes_before < {6} ORDER BY {2}",
                            column.place, column.column, column.key, column.table, after, kMaxRows, kMaxBytes),
                position));
  std::vector<Row> found;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    found.push_back({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), row.integer(3),
                     std::string(row.text(4))});
  }
  return found;
}

Status PostgresEncryptionTarget::replace(const std::vector<Row>& rows, const std::vector<std::string>& sealed) {
  const auto& column = kColumns[table_];
  std::vector<std::string> owners, kinds, subjects;
  std::vector<std::int64_t> numbers;
  std::vector<PgBytes> before, after;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    owners.push_back(rows[i].owner);
    kinds.push_back(rows[i].kind);
    subjects.push_back(rows[i].subject);
    numbers.push_back(rows[i].number);
    before.push_back({rows[i].stored});
    after.push_back({sealed[i]});
  }
  PgParameters parameters;
  const auto add = [&parameters](const auto&... values) { (parameters.add(values), ...); };
  add(owners, kinds, subjects, numbers, before, after);
  const auto as_stored = [&column](std::string_view bytes) {
    return is_blob(column) ? std::string(bytes) : fmt::format("convert_from({}, 'UTF8')", bytes);
  };
  TRY_STATUS(db_.query(
      fmt::format("UPDATE {0} t SET {1} = {2} FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], "
                  "$5::bytea[], $6::bytea[]) AS v (owner, kind, subject, number, before, after) "
                  "WHERE {3} AND t.{1} = {4}",
                  column.table, column.column, as_stored("v.after"), column.match,
                  as_stored("v.before")),
      parameters));
  return {};
}

// What was replaced stays in the tables' pages until they are written anew. The server's write-ahead log keeps it until
// its files are recycled, which is not ours to hasten.
Status PostgresEncryptionTarget::erase_remains() {
  TRY_STATUS(db_.script(fmt::format("SET lock_timeout = {}", lock_timeout_.count())));
  for (const auto& column : kColumns) {
    if (const auto erased = db_.script(fmt::format("VACUUM FULL {}", column.table)); !erased) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("every value of {} is encrypted, but what was plain could not be erased from its table "
                              "\"{}\" yet: stop what uses it and run `tollgate encryption rotate` again",
                              place(), column.table),
                  erased.error().message);
    }
  }
  return {};
}

}  // namespace tollgate::store
