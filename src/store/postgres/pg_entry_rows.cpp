#include "store/postgres/pg_entry_rows.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "store/body_json.hpp"
#include "store/place.hpp"
#include "store/postgres/pg_sealed_rows.hpp"
#include "store/postgres/pg_session_rows.hpp"
#include "store/request_checks.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kSelectKnown =
    "SELECT idempotency_key, kind, subject, version, body, key_until FROM input "
    "WHERE session = $1 AND idempotency_key = ANY ($2)";

// From the inputs that had them until their end.
constexpr std::string_view kReleaseKeys =
    "UPDATE input SET idempotency_key = NULL WHERE session = $1 AND idempotency_key = ANY ($2)";

constexpr std::string_view kSelectNewest = R"sql(
SELECT g.kind, g.subject, (SELECT max(i.version) FROM input i
                           WHERE i.session = $1 AND i.kind = g.kind AND i.subject = g.subject)
FROM unnest($2::text[], $3::text[]) AS g (kind, subject))sql";

// The session is locked, and the head of its log known.
constexpr std::string_view kInsertInputs = R"sql(
WITH written AS (
  INSERT INTO input (session, kind, subject, version, idempotency_key, at, body, key_until)
  SELECT $1, i.*
  FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $11::bigint[]) AS i
), log AS (
  INSERT INTO event (session, seq, type, at, body)
  SELECT $1, $10 + e.n, e.type, e.at, e.body
  FROM unnest($8::text[], $6, $9::text[]) WITH ORDINALITY AS e (type, at, body, n)
)
UPDATE session_state
SET head_seq = $10 + cardinality($8), updated_at = greatest(updated_at, (SELECT max(at) FROM unnest($6) AS at))
WHERE session = $1)sql";

constexpr std::string_view kSelectEvents = R"sql(
SELECT e.seq, e.type, e.at, e.body
FROM session_state t
LEFT JOIN LATERAL (
  SELECT seq, type, at, body FROM event WHERE event.session = $1 AND seq > $2 ORDER BY seq LIMIT $3
) e ON true
WHERE t.session = $1
ORDER BY e.seq)sql";

struct KnownInput {
  std::string kind;
  std::string subject;
  std::int64_t version = 0;
  std::string body;
  std::optional<std::int64_t> key_until{};

  bool has_key_at(base::Timestamp time) const { return !key_until || to_stored(time) < *key_until; }
};

// What a session holds already of the inputs that are to be appended.
struct Known {
  std::int64_t head_seq = 0;
  std::map<std::string, KnownInput, std::less<>> by_key{};
  std::map<std::pair<std::string, std::string>, std::int64_t> newest{};  // by kind and subject
};

std::unexpected<base::Error> misused_key(const NewInput& input, const std::string& other) {
  return fail(ErrorCode::kConflict,
              fmt::format("the idempotency key \"{}\" was used for another input ({}) before: use a new key",
                          input.idempotency_key, other));
}

base::Result<Known> read_known(const std::vector<PgResult>& results, const ValueCipher& cipher,
                               const base::SessionId& id) {
  Known known{.head_seq = results[2].front().integer(0)};
  for (int i = 0; i < results[3].size(); ++i) {
    const auto row = results[3].row(i);
    Entry entry{std::string(row.text(1)), std::string(row.text(2)), row.integer(3), {}, {}};
    TRY(auto body,
        cipher.open_text(row.text(4), place_of_input(id, entry.kind, entry.subject, entry.version), describe(entry)));
    const auto key_until = row.is_null(5) ? std::nullopt : std::optional(row.integer(5));
    known.by_key.emplace(row.text(0), KnownInput{entry.kind, entry.subject, entry.version, std::move(body), key_until});
  }
  for (int i = 0; i < results[4].size(); ++i) {
    const auto row = results[4].row(i);
    known.newest[{std::string(row.text(0)), std::string(row.text(1))}] = row.integer(2);
  }
  return known;
}

// Locks the session; the transaction stays open.
Async<Known> begin_inputs(PgConnection& db, const ValueCipher& cipher, const base::SessionId& id,
                          const std::vector<NewInput>& inputs) {
  std::vector<std::string> keys, kinds, subjects;
  std::set<std::pair<std::string_view, std::string_view>> named;
  for (const auto& input : inputs) {
    keys.push_back(input.idempotency_key);
    if (!named.emplace(input.entry.kind, input.entry.subject).second) continue;
    kinds.push_back(input.entry.kind);
    subjects.push_back(input.entry.subject);
  }
  PgBatch batch;
  batch.add("BEGIN")
      .add(kSelectKeys)
      .add(kLockSession, id)
      .add(kSelectKnown, id, keys)
      .add(kSelectNewest, id, kinds, subjects);
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  CO_TRY_STATUS(check_keys(results[1], cipher, db.place()));
  if (results[2].empty()) co_return no_session(id);
  co_return read_known(results, cipher, id);
}

// What is to be written, as the arrays that kInsertInputs takes.
struct InputColumns {
  std::vector<std::string> kinds{}, subjects{}, keys{}, bodies{}, event_types{}, event_bodies{};
  std::vector<std::int64_t> versions{}, times{};
  std::vector<std::optional<std::int64_t>> key_ends{};
  std::vector<std::string> released_keys{};

  void add(const NewInput& input, std::int64_t version, std::string body, std::string event_body) {
    kinds.push_back(input.entry.kind);
    subjects.push_back(input.entry.subject);
    versions.push_back(version);
    keys.push_back(input.idempotency_key);
    key_ends.push_back(to_stored(input.key_until));
    times.push_back(to_stored(input.entry.at));
    bodies.push_back(std::move(body));
    event_types.push_back(input.event_type);
    event_bodies.push_back(std::move(event_body));
  }
};

// One input after the other, each seeing those before it.
base::Result<AppendedInput> add_input(const NewInput& input, const ValueCipher& cipher, const base::SessionId& id,
                                      Known& known, InputColumns& columns) {
  const auto& entry = input.entry;
  TRY(auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
  const auto found = known.by_key.find(input.idempotency_key);
  if (found != known.by_key.end() && found->second.has_key_at(entry.at)) {
    const auto& before = found->second;
    if (before.kind == entry.kind && before.subject == entry.subject && before.body == body)
      return AppendedInput{before.version, true};
    return misused_key(input, describe({before.kind, before.subject, before.version, {}, {}}));
  }
  if (found != known.by_key.end()) columns.released_keys.push_back(input.idempotency_key);
  auto& newest = known.newest[{entry.kind, entry.subject}];
  if (input.expected_version && *input.expected_version != newest) {
    return fail(ErrorCode::kConflict, fmt::format("{} has version {} by now, not {}: read it again before changing it",
                                                  describe(entry), newest, *input.expected_version));
  }
  ++newest;
  const auto seq = known.head_seq + std::ssize(columns.keys) + 1;
  TRY(auto event, encode_body(with_revision(input.event_body, newest), input.event_type, kMaxEventBytes));
  columns.add(input, newest, cipher.seal_text(body, place_of_input(id, entry.kind, entry.subject, newest)),
              cipher.seal_text(std::move(event), place_of_event(id, input.event_type, seq)));
  known.by_key.insert_or_assign(input.idempotency_key, KnownInput{entry.kind, entry.subject, newest, std::move(body),
                                                                  to_stored(input.key_until)});
  return AppendedInput{newest, false};
}

}  // namespace

std::string describe(const Entry& entry) {
  return entry.subject.empty() ? entry.kind : fmt::format("{} {}", entry.kind, entry.subject);
}

Async<std::vector<AppendedInput>> insert_inputs(PgConnection& db, const ValueCipher& cipher, const base::SessionId& id,
                                                const std::vector<NewInput>& inputs) {
  CO_TRY(auto known, co_await begin_inputs(db, cipher, id, inputs));
  InputColumns columns;
  std::vector<AppendedInput> appended;
  for (const auto& input : inputs) {
    CO_TRY(appended.emplace_back(), add_input(input, cipher, id, known, columns));
  }
  if (columns.keys.empty()) co_return appended;
  PgBatch batch;
  if (!columns.released_keys.empty()) batch.add(kReleaseKeys, id, columns.released_keys);
  batch
      .add(kInsertInputs, id, columns.kinds, columns.subjects, columns.versions, columns.keys, columns.times,
           columns.bodies, columns.event_types, columns.event_bodies, known.head_seq, columns.key_ends)
      .add("COMMIT");
  CO_TRY_STATUS(co_await db.run(std::move(batch)));
  co_return appended;
}

Async<std::vector<Event>> select_events(PgConnection& db, const ValueCipher& cipher, const base::SessionId& id,
                                        std::int64_t after, std::int64_t limit) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add(kSelectKeys).add(kSelectEvents, id, after, limit)));
  CO_TRY_STATUS(check_keys(results[0], cipher, db.place()));
  const auto& rows = results[1];
  if (rows.empty()) co_return no_session(id);
  std::vector<Event> events;
  for (int i = 0; i < rows.size() && !rows.row(i).is_null(0); ++i) {
    const auto row = rows.row(i);
    Event event{row.integer(0), std::string(row.text(1)), {}, from_stored(row.integer(2))};
    const auto what = fmt::format("event {} of session {}", event.seq, id.to_string());
    CO_TRY(const auto body, cipher.open_text(row.text(3), place_of_event(id, event.type, event.seq), what));
    CO_TRY(event.body, decode_body(body, what));
    events.push_back(std::move(event));
  }
  co_return events;
}

base::Status read_entries(const PgResult& rows, const ValueCipher& cipher, SessionRecord& record) {
  const auto& id = record.row.id;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    Entry entry{std::string(row.text(1)), std::string(row.text(2)), row.integer(3), {}, from_stored(row.integer(4))};
    const auto place = row.boolean(0) ? place_of_input(id, entry.kind, entry.subject, entry.version)
                                      : place_of_outcome(id, entry.kind, entry.subject, entry.version);
    TRY(const auto body, cipher.open_text(row.text(5), place, describe(entry)));
    TRY(entry.body, decode_body(body, describe(entry)));
    (row.boolean(0) ? record.inputs : record.outcomes).push_back(std::move(entry));
  }
  return {};
}

}  // namespace tollgate::store
