#include "store/sqlite/entry_rows.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "store/body_json.hpp"
#include "store/request_checks.hpp"
#include "store/sqlite/checkpoint_rows.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::string describe(const Entry& entry) {
  return entry.subject.empty() ? entry.kind : fmt::format("{} {}", entry.kind, entry.subject);
}

Place place_of(EntryClass entry_class, const base::SessionId& session, const Entry& entry) {
  switch (entry_class) {
    case EntryClass::kInput: return place_of_input(session, entry.kind, entry.subject, entry.version);
    case EntryClass::kOutcome: return place_of_outcome(session, entry.kind, entry.subject, entry.version);
  }
  return {};
}

// From the input that had it until its end.
base::Status release_key(Connection& db, const SessionHead& head, const NewInput& input) {
  TRY_STATUS(db.execute("UPDATE input SET idempotency_key = NULL WHERE session = ? AND idempotency_key = ?", head.key,
                        input.idempotency_key));
  return {};
}

// What was written under the input's key before; nullopt: nothing, or its time is over.
base::Result<std::optional<std::int64_t>> find_replay(Connection& db, const ValueCipher& cipher,
                                                      const SessionHead& head, const NewInput& input,
                                                      std::string_view body) {
  TRY(auto row, db.query("SELECT kind, subject, version, body, coalesce(key_until, ?3) FROM input "
                         "WHERE session = ?1 AND idempotency_key = ?2",
                         head.key, input.idempotency_key, kNever));
  TRY(const bool found, row.step());
  if (!found) return std::nullopt;
  if (row.integer(4) <= to_stored(input.entry.at)) {
    TRY_STATUS(release_key(db, head, input));
    return std::nullopt;
  }
  const Entry known{std::string(row.text(0)), std::string(row.text(1)), row.integer(2), {}, {}};
  TRY(const auto known_body,
      cipher.open_text(row.text(3), place_of(EntryClass::kInput, head.id, known), describe(known)));
  if (known.kind == input.entry.kind && known.subject == input.entry.subject && known_body == body) {
    return known.version;
  }
  return fail(ErrorCode::kConflict,
              fmt::format("the idempotency key \"{}\" was used for another input ({}) before: use a new key",
                          input.idempotency_key, describe(known)));
}

base::Result<std::int64_t> newest_version(Connection& db, std::int64_t session, const Entry& entry) {
  TRY(auto row, db.query("SELECT coalesce(max(version), 0) FROM input WHERE session = ? AND kind = ? AND subject = ?",
                         session, entry.kind, entry.subject));
  TRY_STATUS(row.step());
  return row.integer(0);
}

base::Result<AppendedInput> insert_input(Connection& db, const ValueCipher& cipher, SessionHead& head,
                                         const NewInput& input) {
  Entry entry = input.entry;
  TRY(auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
  TRY(const auto replay, find_replay(db, cipher, head, input, body));
  if (replay) return AppendedInput{*replay, true};

  TRY(const auto newest, newest_version(db, head.key, entry));
  if (input.expected_version && *input.expected_version != newest) {
    return fail(ErrorCode::kConflict, fmt::format("{} has version {} by now, not {}: read it again before changing it",
                                                  describe(entry), newest, *input.expected_version));
  }
  entry.version = newest + 1;
  TRY_STATUS(
      db.execute("INSERT INTO input (session, kind, subject, version, idempotency_key, key_until, at, body) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 head.key, entry.kind, entry.subject, entry.version, input.idempotency_key, to_stored(input.key_until),
                 to_stored(entry.at), cipher.seal_text(std::move(body), place_of(EntryClass::kInput, head.id, entry))));
  ++head.seq;
  TRY_STATUS(insert_event(db, cipher, head,
                          {head.seq, input.event_type, with_revision(input.event_body, entry.version), entry.at}));
  return AppendedInput{entry.version, false};
}

base::Result<bool> insert_outcome(Connection& db, const ValueCipher& cipher, const SessionHead& head,
                                  std::int64_t fence, const Entry& entry) {
  TRY(auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
  TRY(const auto written,
      db.execute("INSERT INTO outcome (session, kind, subject, version, fence, at, body) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                 head.key, entry.kind, entry.subject, entry.version, fence, to_stored(entry.at),
                 cipher.seal_text(std::move(body), place_of(EntryClass::kOutcome, head.id, entry))));
  return written == 1;
}

constexpr std::string_view entries_sql(EntryClass entry_class) {
  switch (entry_class) {
    case EntryClass::kInput:
      return "SELECT kind, subject, version, at, body FROM input WHERE session = ? ORDER BY kind, subject, version";
    case EntryClass::kOutcome:
      return "SELECT kind, subject, version, at, body FROM outcome WHERE session = ? ORDER BY kind, subject, version";
  }
  return {};
}

}  // namespace

base::Result<std::vector<AppendedInput>> insert_inputs(Connection& db, const ValueCipher& cipher, base::SessionId id,
                                                       const std::vector<NewInput>& inputs) {
  TRY(auto head, select_head(db, id));
  std::vector<AppendedInput> appended;
  std::optional<base::Timestamp> changed;
  for (const auto& input : inputs) {
    TRY(appended.emplace_back(), insert_input(db, cipher, head, input));
    if (!appended.back().replayed) changed = std::max(changed, std::optional(input.entry.at));
  }
  if (changed) TRY_STATUS(update_head(db, head, *changed));
  return appended;
}

base::Result<std::int64_t> insert_outcomes(Connection& db, const ValueCipher& cipher, const OutcomeCommit& commit) {
  TRY(auto head, select_head(db, commit.lease.session));
  const bool repeatable = !commit.outcomes.empty() || !commit.checkpoints.empty();
  bool is_new = !repeatable;
  for (const auto& outcome : commit.outcomes) {
    TRY(const bool written, insert_outcome(db, cipher, head, commit.lease.fence, outcome));
    is_new = is_new || written;
  }
  for (const auto& blob : commit.blobs) TRY_STATUS(insert_blob(db, cipher, blob));
  for (const auto& checkpoint : commit.checkpoints) {
    TRY(const bool written, insert_checkpoint(db, cipher, head, checkpoint));
    is_new = is_new || written;
  }
  if (!is_new) return head.seq;

  for (const auto& event : commit.events) {
    ++head.seq;
    TRY_STATUS(insert_event(db, cipher, head, {head.seq, event.type, event.body, commit.at}));
  }
  TRY_STATUS(update_head(db, head, commit.at));
  if (commit.status) TRY_STATUS(set_status(db, head.key, *commit.status, commit.decision));
  return head.seq;
}

base::Result<std::vector<Entry>> select_entries(Connection& db, const ValueCipher& cipher, EntryClass entry_class,
                                                const SessionHead& head) {
  TRY(auto rows, db.query(entries_sql(entry_class), head.key));
  std::vector<Entry> entries;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return entries;
    Entry entry{
        std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2), {}, from_stored(rows.integer(3))};
    TRY(const auto body, cipher.open_text(rows.text(4), place_of(entry_class, head.id, entry), describe(entry)));
    TRY(entry.body, decode_body(body, describe(entry)));
    entries.push_back(std::move(entry));
  }
}

base::Status insert_event(Connection& db, const ValueCipher& cipher, const SessionHead& head, const Event& event) {
  TRY(auto body, encode_body(event.body, event.type, kMaxEventBytes));
  TRY_STATUS(db.execute("INSERT INTO event (session, seq, type, at, body) VALUES (?, ?, ?, ?, ?)", head.key, event.seq,
                        event.type, to_stored(event.at),
                        cipher.seal_text(std::move(body), place_of_event(head.id, event.type, event.seq))));
  return {};
}

base::Result<std::vector<Event>> select_events(Connection& db, const ValueCipher& cipher, base::SessionId id,
                                               std::int64_t after, std::int64_t limit) {
  TRY(const auto head, select_head(db, id));
  TRY(auto rows, db.query("SELECT seq, type, at, body FROM event WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?",
                          head.key, after, limit));
  std::vector<Event> events;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return events;
    Event event{rows.integer(0), std::string(rows.text(1)), {}, from_stored(rows.integer(2))};
    const auto what = fmt::format("event {} of session {}", event.seq, id.to_string());
    TRY(const auto body, cipher.open_text(rows.text(3), place_of_event(id, event.type, event.seq), what));
    TRY(event.body, decode_body(body, what));
    events.push_back(std::move(event));
  }
}

}  // namespace tollgate::store
