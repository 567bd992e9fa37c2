#include "store/postgres/pg_session_rows.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "store/body_json.hpp"
#include "store/place.hpp"
#include "store/postgres/pg_checkpoint_rows.hpp"
#include "store/postgres/pg_entry_rows.hpp"
#include "store/postgres/pg_sealed_rows.hpp"
#include "store/request_checks.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr int kColumnCount = 12;

// The owner's key makes a repeat harmless: whoever comes second inserts nothing, and reads what the first one made.
constexpr std::string_view kInsertSession = R"sql(
WITH made AS (
  INSERT INTO session (id, title, owner, idempotency_key, protocol_hash, protocol_id, settings, origin_session,
                       origin_checkpoint, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT DO NOTHING
  RETURNING id, owner, created_at
), state AS (
  INSERT INTO session_state (session, owner, status, decision, updated_at, head_seq)
  SELECT id, owner, 'open', '', $11, 1 FROM made
), log AS (
  INSERT INTO event (session, seq, type, at, body)
  SELECT id, 1, 'session.created', created_at, $12 FROM made
), link AS (
  INSERT INTO checkpoint (session, seq, hash, manifest)
  SELECT id, 0, $13, $14 FROM made WHERE $13 IS NOT NULL
), named AS (
  INSERT INTO checkpoint_blob (session, seq, digest)
  SELECT DISTINCT made.id, 0, digest FROM made, unnest($15) AS digest
)
SELECT count(*) FROM made)sql";

constexpr std::string_view kSelectByKey =
    "SELECT s.id, s.title, s.owner, s.protocol_hash, s.protocol_id, t.status, t.decision, s.origin_session, "
    "s.origin_checkpoint, s.created_at, t.updated_at, t.head_seq, s.settings "
    "FROM session s JOIN session_state t ON t.session = s.id WHERE s.owner = $1 AND s.idempotency_key = $2";

constexpr std::string_view kSelectVersion = "SELECT xmin::text::bigint, head_seq FROM session_state WHERE session = $1";

// A blob goes with the last checkpoint that names it. One that another session is just naming stays: the foreign key
// then refuses the statement, and it is repeated.
constexpr std::string_view kDeleteBlobs = R"sql(
WITH named AS (
  DELETE FROM checkpoint_blob WHERE session = $1 RETURNING digest
)
DELETE FROM blob
WHERE digest IN (SELECT digest FROM named)
  AND NOT EXISTS (SELECT FROM checkpoint_blob other WHERE other.digest = blob.digest AND other.session <> $1))sql";

constexpr std::string_view kDeleteSession = R"sql(
WITH link AS (DELETE FROM checkpoint WHERE session = $1),
  result AS (DELETE FROM outcome WHERE session = $1),
  given AS (DELETE FROM input WHERE session = $1),
  log AS (DELETE FROM event WHERE session = $1),
  held AS (DELETE FROM lease WHERE session = $1),
  part AS (DELETE FROM member WHERE session = $1),
  state AS (DELETE FROM session_state WHERE session = $1)
DELETE FROM session WHERE id = $1)sql";

SessionRow read_session_row(const PgRow& row) {
  SessionRow session{.id = {row.uuid(0)},
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
  if (!row.is_null(7)) session.origin = Origin{{row.uuid(7)}, row.integer(8)};
  return session;
}

base::Result<SessionRow> read_session(const PgRow& row, const ValueCipher& cipher) {
  auto session = read_session_row(row);
  const auto what = "the settings of session " + session.id.to_string();
  TRY(const auto settings, cipher.open_text(row.text(kColumnCount), place_of_settings(session.id), what));
  TRY(session.settings, decode_body(settings, what));
  return session;
}

base::Error explain_insert(const PgConnection& db, const NewSession& session, base::Error error) {
  const auto& failure = db.failure();
  if (failure.sqlstate != kForeignKeyViolation) return error;
  if (failure.constraint == kBlobIsStored)
    return {ErrorCode::kPreconditionFailed, "a blob of the fork's first checkpoint is not stored", failure.message};
  return {ErrorCode::kPreconditionFailed,
          fmt::format("protocol {} is not stored: save it first", session.row.protocol_hash.to_hex()), failure.message};
}

}  // namespace

std::unexpected<base::Error> no_session(const base::SessionId& id) {
  return fail(ErrorCode::kNotFound, fmt::format("session {} does not exist", id.to_string()));
}

Async<void> insert_protocol(PgConnection& db, const ProtocolRow& protocol) {
  CO_TRY_STATUS(
      co_await db.run(PgBatch().add("INSERT INTO protocol (hash, id, version, title, canonical) "
                                    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING",
                                    protocol.hash, protocol.id, protocol.version, protocol.title, protocol.canonical)));
  co_return base::Status{};
}

Async<ProtocolRow> select_protocol(PgConnection& db, const base::Sha256& hash) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT id, version, title, canonical FROM protocol WHERE hash = $1", hash)));
  if (results[0].empty()) co_return fail(ErrorCode::kNotFound, fmt::format("protocol {} is not stored", hash.to_hex()));
  const auto row = results[0].front();
  co_return ProtocolRow{hash, std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                        std::string(row.text(3))};
}

Async<SessionRow> insert_session(PgConnection& db, const ValueCipher& cipher, const NewSession& session) {
  const auto& row = session.row;
  CO_TRY(auto settings, encode_body(row.settings, "the settings", kMaxBodyBytes));
  CO_TRY(auto event, encode_body(session.event_body, "session.created", kMaxEventBytes));
  CO_TRY(const auto begun, co_await db.run(PgBatch().add("BEGIN").add(kSelectKeys)));
  CO_TRY_STATUS(check_keys(begun[1], cipher, db.place()));
  const auto& link = session.origin_checkpoint;
  PgBatch batch;
  batch.add(kInsertSession, row.id, row.title, row.owner, session.idempotency_key, row.protocol_hash, row.protocol_id,
            cipher.seal_text(std::move(settings), place_of_settings(row.id)),
            row.origin ? std::optional(row.origin->session.uuid) : std::nullopt,
            row.origin ? std::optional(row.origin->checkpoint) : std::nullopt, to_stored(row.created_at),
            to_stored(row.updated_at), cipher.seal_text(std::move(event), place_of_event(row.id, "session.created", 1)),
            link ? std::optional(link->hash) : std::nullopt,
            link ? cipher.seal_text(link->manifest, place_of_checkpoint(row.id, link->seq)) : std::string(),
            link ? link->blobs : std::vector<base::Sha256>());
  batch.add(kSelectByKey, row.owner, session.idempotency_key).add("COMMIT");
  const auto results = co_await db.run(std::move(batch));
  if (!results) co_return fail(explain_insert(db, session, results.error()));
  if (!(*results)[1].empty()) co_return read_session((*results)[1].front(), cipher);
  co_return fail(ErrorCode::kConflict, fmt::format("session {} exists already", row.id.to_string()));
}

// One snapshot for all of it, so that no outcome is read without the input it speaks of.
Async<SessionRecord> select_record_afresh(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                                          const base::SessionId& id) {
  PgBatch batch;
  batch.add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
      .add(kSelectKeys)
      .add(kSelectById, id)
      .add(kSelectEntries, id)
      .add(kSelectCheckpoints, id)
      .add("COMMIT");
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  CO_TRY_STATUS(check_keys(results[1], cipher, db.place()));
  if (results[2].empty()) co_return no_session(id);
  const auto found = results[2].front();
  CO_TRY(auto row, read_session(found, cipher));
  SessionRecord record{.row = std::move(row), .inputs = {}, .outcomes = {}, .checkpoints = {}};
  CO_TRY_STATUS(read_entries(results[3], cipher, record));
  CO_TRY(record.checkpoints, read_checkpoints(results[4], cipher, id));
  std::size_t bytes = 0;
  for (const auto& result : results) bytes += result.bytes();
  cache.keep_session({found.integer(kColumnCount + 1), record.row.head_seq}, record, bytes);
  co_return record;
}

Async<SessionRecord> select_record(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                                   const base::SessionId& id) {
  const auto known = cache.find_session(id);
  if (!known) co_return co_await select_record_afresh(db, cipher, cache, id);
  CO_TRY(const auto results, co_await db.run(PgBatch().add(kSelectKeys).add(kSelectVersion, id)));
  CO_TRY_STATUS(check_keys(results[0], cipher, db.place()));
  if (results[1].empty()) {
    cache.forget_session(id);
    co_return no_session(id);
  }
  const auto now = results[1].front();
  if (known->version == PgSessionVersion{now.integer(0), now.integer(1)}) co_return known->record;
  co_return co_await select_record_afresh(db, cipher, cache, id);
}

Async<void> delete_session(PgConnection& db, const base::SessionId& id) {
  PgBatch batch;
  batch.add("SELECT FROM session_state WHERE session = $1 FOR UPDATE", id)
      .add(kDeleteBlobs, id)
      .add(kDeleteSession, id);
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  if (results[0].empty()) co_return no_session(id);
  co_return base::Status{};
}

}  // namespace tollgate::store
