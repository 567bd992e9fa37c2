#include "store/sqlite/session_rows.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "store/body_json.hpp"
#include "store/list_cursor.hpp"
#include "store/request_checks.hpp"
#include "store/sqlite/checkpoint_rows.hpp"
#include "store/sqlite/entry_rows.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// In the order read_row() reads them; all of them are in both listing indexes.
constexpr std::string_view kRowColumns =
    "id, title, owner, protocol_hash, protocol_id, status, decision, origin_session, origin_checkpoint, created_at, "
    "updated_at, head_seq";
constexpr int kRowColumnCount = 12;

std::string_view stored_status(SessionStatus status) {
  switch (status) {
    case SessionStatus::kOpen: return "open";
    case SessionStatus::kDecided: return "decided";
  }
  return "open";
}

std::unexpected<base::Error> no_session(base::SessionId id) {
  return fail(ErrorCode::kNotFound, fmt::format("session {} does not exist", id.to_string()));
}

base::Result<SessionRow> read_row(const Statement& row) {
  const auto id = base::SessionId::parse(row.text(0));
  if (!id) return fail(ErrorCode::kCorrupt, fmt::format("a session in the database has the id \"{}\"", row.text(0)));
  SessionRow session{.id = *id,
                     .title = std::string(row.text(1)),
                     .owner = std::string(row.text(2)),
                     .protocol_hash = row.digest(3),
                     .protocol_id = std::string(row.text(4)),
                     .settings = {},
                     .status = row.text(5) == "decided" ? SessionStatus::kDecided : SessionStatus::kOpen,
                     .decision = std::string(row.text(6)),
                     .origin = {},
                     .created_at = from_stored(row.integer(9)),
                     .updated_at = from_stored(row.integer(10)),
                     .head_seq = row.integer(11)};
  if (const auto origin = base::SessionId::parse(row.text(7))) session.origin = Origin{*origin, row.integer(8)};
  return session;
}

struct FoundSession {
  std::int64_t key = 0;
  SessionRow row;
};

// With the settings. `condition` names the session; nullopt when there is none.
template <typename... Args>
base::Result<std::optional<FoundSession>> find_session(Connection& db, const ValueCipher& cipher,
                                                       std::string_view condition, const Args&... args) {
  const auto sql = fmt::format("SELECT {}, key, settings FROM session JOIN session_settings ON session = key WHERE {}",
                               kRowColumns, condition);
  TRY(auto row, db.query(sql, args...));
  TRY(const bool found, row.step());
  if (!found) return std::nullopt;
  TRY(auto session, read_row(row));
  const auto what = "the settings of session " + session.id.to_string();
  TRY(const auto settings, cipher.open_text(row.text(kRowColumnCount + 1), place_of_settings(session.id), what));
  TRY(session.settings, decode_body(settings, what));
  return FoundSession{row.integer(kRowColumnCount), std::move(session)};
}

base::Status check_protocol_stored(Connection& db, const base::Sha256& hash) {
  TRY(auto row, db.query("SELECT 1 FROM protocol WHERE hash = ?", hash));
  TRY(const bool found, row.step());
  if (found) return {};
  return fail(ErrorCode::kPreconditionFailed, fmt::format("protocol {} is not stored: save it first", hash.to_hex()));
}

base::Result<std::int64_t> insert_session_row(Connection& db, const NewSession& session) {
  const auto& row = session.row;
  std::optional<std::string> origin_session;
  std::optional<std::int64_t> origin_checkpoint;
  if (row.origin) {
    origin_session = row.origin->session.to_string();
    origin_checkpoint = row.origin->checkpoint;
  }
  TRY(auto inserted,
      db.query("INSERT INTO session (id, title, owner, idempotency_key, protocol_hash, protocol_id, status, decision, "
               "origin_session, origin_checkpoint, created_at, updated_at, head_seq) "
               "VALUES (?, ?, ?, ?, ?, ?, 'open', '', ?, ?, ?, ?, 1) ON CONFLICT (id) DO NOTHING RETURNING key",
               row.id.to_string(), row.title, row.owner, session.idempotency_key, row.protocol_hash, row.protocol_id,
               origin_session, origin_checkpoint, to_stored(row.created_at), to_stored(row.updated_at)));
  TRY(const bool is_new, inserted.step());
  if (!is_new) return fail(ErrorCode::kConflict, fmt::format("session {} exists already", row.id.to_string()));
  const auto key = inserted.integer(0);
  TRY(const bool more, inserted.step());
  (void)more;
  return key;
}

std::string escape_like(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

}  // namespace

base::Status insert_protocol(Connection& db, const ProtocolRow& protocol) {
  TRY_STATUS(
      db.execute("INSERT INTO protocol (hash, id, version, title, canonical) VALUES (?, ?, ?, ?, ?) "
                 "ON CONFLICT (hash) DO NOTHING",
                 protocol.hash, protocol.id, protocol.version, protocol.title, protocol.canonical));
  return {};
}

base::Result<ProtocolRow> select_protocol(Connection& db, const base::Sha256& hash) {
  TRY(auto row, db.query("SELECT id, version, title, canonical FROM protocol WHERE hash = ?", hash));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, fmt::format("protocol {} is not stored", hash.to_hex()));
  return ProtocolRow{hash, std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                     std::string(row.text(3))};
}

base::Result<SessionHead> select_head(Connection& db, base::SessionId id) {
  TRY(auto row, db.query("SELECT key, head_seq FROM session WHERE id = ?", id.to_string()));
  TRY(const bool found, row.step());
  if (!found) return no_session(id);
  return SessionHead{id, row.integer(0), row.integer(1)};
}

base::Status update_head(Connection& db, const SessionHead& head, base::Timestamp at) {
  TRY_STATUS(db.execute("UPDATE session SET head_seq = ?2, updated_at = max(updated_at, ?3) WHERE key = ?1", head.key,
                        head.seq, to_stored(at)));
  return {};
}

base::Status set_status(Connection& db, std::int64_t key, SessionStatus status, const std::string& decision) {
  TRY_STATUS(
      db.execute("UPDATE session SET status = ?2, decision = ?3 WHERE key = ?1", key, stored_status(status), decision));
  return {};
}

base::Result<SessionRow> insert_session(Connection& db, const ValueCipher& cipher, const NewSession& session) {
  TRY(auto known,
      find_session(db, cipher, "owner = ? AND idempotency_key = ?", session.row.owner, session.idempotency_key));
  if (known) return std::move(known->row);
  TRY_STATUS(check_protocol_stored(db, session.row.protocol_hash));
  TRY(auto settings, encode_body(session.row.settings, "the settings", kMaxBodyBytes));
  TRY(const auto key, insert_session_row(db, session));
  const SessionHead head{session.row.id, key, 1};
  TRY_STATUS(db.execute("INSERT INTO session_settings (session, settings) VALUES (?, ?)", key,
                        cipher.seal_text(std::move(settings), place_of_settings(head.id))));
  TRY_STATUS(insert_event(db, cipher, head, {1, "session.created", session.event_body, session.row.created_at}));
  if (session.origin_checkpoint) TRY_STATUS(insert_checkpoint(db, cipher, head, *session.origin_checkpoint));
  TRY(auto made, find_session(db, cipher, "key = ?", key));
  return std::move(made->row);
}

base::Result<SessionRecord> select_record(Connection& db, const ValueCipher& cipher, base::SessionId id) {
  TRY(auto found, find_session(db, cipher, "id = ?", id.to_string()));
  if (!found) return no_session(id);
  SessionRecord record{.row = std::move(found->row), .inputs = {}, .outcomes = {}, .checkpoints = {}};
  const SessionHead head{id, found->key, record.row.head_seq};
  TRY(record.inputs, select_entries(db, cipher, EntryClass::kInput, head));
  TRY(record.outcomes, select_entries(db, cipher, EntryClass::kOutcome, head));
  TRY(record.checkpoints, select_checkpoints(db, cipher, head));
  return record;
}

base::Result<SessionPage> select_page(Connection& db, const SessionFilter& filter) {
  std::optional<ListPosition> after;
  if (!filter.cursor.empty()) {
    TRY(after, decode_cursor(filter));
  }
  // Only conditions that apply are written, so that each variant is served by its index; there are 32 at most.
  std::string conditions = "TRUE";
  if (!filter.owner.empty()) conditions += " AND owner = ?1";
  if (!filter.visible_to.empty())
    conditions += " AND (owner = ?6 OR key IN (SELECT session FROM member WHERE account = ?6))";
  if (filter.status) conditions += " AND status = ?2";
  if (!filter.title_contains.empty()) conditions += " AND title LIKE ?3 ESCAPE '\\'";
  if (after) conditions += " AND (updated_at, id) < (?4, ?5)";
  const auto sql = fmt::format("SELECT {} FROM session WHERE {} ORDER BY updated_at DESC, id DESC LIMIT ?7",
                               kRowColumns, conditions);
  TRY(auto rows, db.query(sql, filter.owner, stored_status(filter.status.value_or(SessionStatus::kOpen)),
                          escape_like(filter.title_contains), after ? to_stored(after->updated_at) : 0,
                          after ? after->id.to_string() : std::string(), filter.visible_to, filter.limit + 1));
  SessionPage page;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return page;
    if (static_cast<std::int64_t>(page.rows.size()) == filter.limit) break;
    TRY(page.rows.emplace_back(), read_row(rows));
  }
  page.next = encode_cursor(filter, {page.rows.back().updated_at, page.rows.back().id});
  return page;
}

base::Status delete_session(Connection& db, base::SessionId id) {
  TRY(const auto head, select_head(db, id));
  TRY_STATUS(delete_checkpoints(db, head.key));
  TRY_STATUS(db.execute("DELETE FROM session WHERE key = ?", head.key));
  return {};
}

}  // namespace tollgate::store
