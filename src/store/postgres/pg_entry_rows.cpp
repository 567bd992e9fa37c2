#include "store/postgres/pg_entry_rows.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "store/body_json.hpp"
#include "store/postgres/pg_session_rows.hpp"
#include "store/request_checks.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// Runs after kLockSession in the same transaction, so that it sees all that was appended before. It looks every key up,
// numbers what is new, and writes either all of that or, when one input is refused, nothing; the rows tell which.
constexpr std::string_view kInsertInputs = R"sql(
WITH given AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[], $8::text[],
                       $9::text[], $10::text[])
    WITH ORDINALITY AS g (kind, subject, idempotency_key, body_hash, expected, at, body, event_type, event_body, n)
), checked AS (
  SELECT g.*, known.version AS replayed, known.kind AS known_kind, known.subject AS known_subject,
         known.version IS NOT NULL
           AND (known.kind, known.subject, known.body_hash) <> (g.kind, g.subject, g.body_hash) AS is_misused,
         (SELECT coalesce(max(i.version), 0) FROM input i
          WHERE i.session = $1 AND i.kind = g.kind AND i.subject = g.subject) AS newest
  FROM given g LEFT JOIN input known ON known.session = $1 AND known.idempotency_key = g.idempotency_key
), numbered AS (
  SELECT c.*, newest + row_number() OVER (PARTITION BY kind, subject ORDER BY n) AS version,
         row_number() OVER (ORDER BY n) AS position
  FROM checked c WHERE replayed IS NULL
), accepted AS (
  SELECT * FROM numbered
  WHERE NOT EXISTS (SELECT FROM checked WHERE is_misused)
    AND NOT EXISTS (SELECT FROM numbered WHERE expected <> version - 1)
), written AS (
  INSERT INTO input (session, kind, subject, version, idempotency_key, body_hash, at, body)
  SELECT $1, kind, subject, version, idempotency_key, body_hash, at, body FROM accepted
), head AS (
  UPDATE session_state SET head_seq = head_seq + fresh.count, updated_at = greatest(updated_at, fresh.at)
  FROM (SELECT count(*) AS count, max(at) AS at FROM accepted) fresh
  WHERE session = $1 AND fresh.count > 0
  RETURNING head_seq - fresh.count AS before
), log AS (
  INSERT INTO event (session, seq, type, at, revision, body)
  SELECT $1, head.before + position, event_type, at, version, event_body FROM accepted, head
)
SELECT checked.replayed, checked.is_misused, checked.known_kind, checked.known_subject, numbered.version
FROM checked LEFT JOIN numbered USING (n) ORDER BY n)sql";

constexpr std::string_view kSelectEvents = R"sql(
SELECT e.seq, e.type, e.at, e.revision, e.body
FROM session_state t
LEFT JOIN LATERAL (
  SELECT seq, type, at, revision, body FROM event WHERE event.session = $1 AND seq > $2 ORDER BY seq LIMIT $3
) e ON true
WHERE t.session = $1
ORDER BY e.seq)sql";

// The inputs of one call as the columns of kInsertInputs. A key given twice in a call travels once.
struct InputColumns {
  std::vector<std::string> kinds{}, subjects{}, keys{}, bodies{}, event_types{}, event_bodies{};
  std::vector<base::Sha256> hashes{};
  std::vector<std::optional<std::int64_t>> expected{};
  std::vector<std::int64_t> times{};
  std::vector<std::size_t> row_of{};  // for each input
};

std::unexpected<base::Error> misused_key(const NewInput& input, const std::string& other) {
  return fail(ErrorCode::kConflict,
              fmt::format("the idempotency key \"{}\" was used for another input ({}) before: use a new key",
                          input.idempotency_key, other));
}

base::Result<InputColumns> columns_of(const std::vector<NewInput>& inputs) {
  InputColumns columns;
  std::map<std::string_view, std::size_t> by_key;
  for (const auto& input : inputs) {
    const auto& entry = input.entry;
    TRY(auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
    TRY(auto event, encode_body(input.event_body, input.event_type, kMaxEventBytes));
    const auto hash = base::Sha256::of(body);
    const auto [known, is_new] = by_key.try_emplace(input.idempotency_key, columns.keys.size());
    const auto row = known->second;
    columns.row_of.push_back(row);
    if (!is_new) {
      if (columns.kinds[row] == entry.kind && columns.subjects[row] == entry.subject && columns.hashes[row] == hash)
        continue;
      return misused_key(input, describe({columns.kinds[row], columns.subjects[row], 0, {}, {}}));
    }
    columns.kinds.push_back(entry.kind);
    columns.subjects.push_back(entry.subject);
    columns.keys.push_back(input.idempotency_key);
    columns.hashes.push_back(hash);
    columns.expected.push_back(input.expected_version);
    columns.times.push_back(to_stored(entry.at));
    columns.bodies.push_back(std::move(body));
    columns.event_types.push_back(input.event_type);
    columns.event_bodies.push_back(std::move(event));
  }
  return columns;
}

// Why nothing was written, if so: by the first input that was refused, as if they had come one after the other.
base::Status check_reply(const PgResult& reply, const std::vector<NewInput>& inputs, const InputColumns& columns) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& input = inputs[i];
    const auto row = reply.row(static_cast<int>(columns.row_of[i]));
    if (row.boolean(1))
      return misused_key(input, describe({std::string(row.text(2)), std::string(row.text(3)), 0, {}, {}}));
    const bool is_first = i == 0 || columns.row_of[i] > columns.row_of[i - 1];
    if (!row.is_null(0) || !is_first || !input.expected_version || *input.expected_version == row.integer(4) - 1)
      continue;
    return fail(ErrorCode::kConflict, fmt::format("{} has version {} by now, not {}: read it again before changing it",
                                                  describe(input.entry), row.integer(4) - 1, *input.expected_version));
  }
  return {};
}

}  // namespace

std::string describe(const Entry& entry) {
  return entry.subject.empty() ? entry.kind : fmt::format("{} {}", entry.kind, entry.subject);
}

Async<std::vector<AppendedInput>> insert_inputs(PgConnection& db, const base::SessionId& id,
                                                const std::vector<NewInput>& inputs) {
  CO_TRY(const auto columns, columns_of(inputs));
  PgBatch batch;
  batch.add(kLockSession, id)
      .add(kInsertInputs, id, columns.kinds, columns.subjects, columns.keys, columns.hashes, columns.expected,
           columns.times, columns.bodies, columns.event_types, columns.event_bodies);
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  if (results[0].empty()) co_return no_session(id);
  CO_TRY_STATUS(check_reply(results[1], inputs, columns));
  std::vector<AppendedInput> appended;
  std::size_t next_row = 0;
  for (const auto row_index : columns.row_of) {
    const auto row = results[1].row(static_cast<int>(row_index));
    const bool is_repeat = row_index < next_row;  // within this call
    next_row = std::max(next_row, row_index + 1);
    if (row.is_null(0)) {
      appended.push_back({row.integer(4), is_repeat});
    } else {
      appended.push_back({row.integer(0), true});
    }
  }
  co_return appended;
}

Async<std::vector<Event>> select_events(PgConnection& db, const base::SessionId& id, std::int64_t after,
                                        std::int64_t limit) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add(kSelectEvents, id, after, limit)));
  const auto& rows = results[0];
  if (rows.empty()) co_return no_session(id);
  std::vector<Event> events;
  for (int i = 0; i < rows.size() && !rows.row(i).is_null(0); ++i) {
    const auto row = rows.row(i);
    Event event{row.integer(0), std::string(row.text(1)), {}, from_stored(row.integer(2))};
    CO_TRY(event.body, decode_body(row.text(4), fmt::format("event {}", event.seq)));
    if (!row.is_null(3)) event.body = with_revision(std::move(event.body), row.integer(3));
    events.push_back(std::move(event));
  }
  co_return events;
}

base::Status read_entries(const PgResult& rows, SessionRecord& record) {
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    Entry entry{std::string(row.text(1)), std::string(row.text(2)), row.integer(3), {}, from_stored(row.integer(4))};
    TRY(entry.body, decode_body(row.text(5), describe(entry)));
    (row.boolean(0) ? record.inputs : record.outcomes).push_back(std::move(entry));
  }
  return {};
}

}  // namespace tollgate::store
