#include "store/sqlite/entry_rows.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "store/body_json.hpp"
#include "store/request_checks.hpp"
#include "store/sqlite/checkpoint_rows.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

std::string describe(const Entry& entry) {
  return entry.subject.empty() ? entry.kind : fmt::format("{} {}", entry.kind, entry.subject);
}

// What was written under the input's key before; nullopt: nothing.
base::Result<std::optional<std::int64_t>> find_replay(Connection& db, std::int64_t session, const NewInput& input,
                                                      const base::Sha256& body_hash) {
  TRY(auto row,
      db.query("SELECT kind, subject, body_hash, version FROM input WHERE session = ? AND idempotency_key = ?", session,
               input.idempotency_key));
  TRY(const bool found, row.step());
  if (!found) return std::nullopt;
  if (row.text(0) == input.entry.kind && row.text(1) == input.entry.subject && row.digest(2) == body_hash) {
    return row.integer(3);
  }
  return fail(
      ErrorCode::kConflict,
      fmt::format("the idempotency key \"{}\" was used for another input ({}) before: use a new key",
                  input.idempotency_key, describe({std::string(row.text(0)), std::string(row.text(1)), 0, {}, {}})));
}

base::Result<std::int64_t> newest_version(Connection& db, std::int64_t session, const Entry& entry) {
  TRY(auto row, db.query("SELECT coalesce(max(version), 0) FROM input WHERE session = ? AND kind = ? AND subject = ?",
                         session, entry.kind, entry.subject));
  TRY_STATUS(row.step());
  return row.integer(0);
}

base::Result<AppendedInput> insert_input(Connection& db, SessionHead& head, const NewInput& input) {
  const auto& entry = input.entry;
  TRY(const auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
  const auto body_hash = base::Sha256::of(body);
  TRY(const auto replay, find_replay(db, head.key, input, body_hash));
  if (replay) return AppendedInput{*replay, true};

  TRY(const auto newest, newest_version(db, head.key, entry));
  if (input.expected_version && *input.expected_version != newest) {
    return fail(ErrorCode::kConflict, fmt::format("{} has version {} by now, not {}: read it again before changing it",
                                                  describe(entry), newest, *input.expected_version));
  }
  TRY_STATUS(db.execute(
      "INSERT INTO input (session, kind, subject, version, idempotency_key, body_hash, at, body) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      head.key, entry.kind, entry.subject, newest + 1, input.idempotency_key, body_hash, to_stored(entry.at), body));
  ++head.seq;
  TRY_STATUS(
      insert_event(db, head.key, {head.seq, input.event_type, with_revision(input.event_body, newest + 1), entry.at}));
  return AppendedInput{newest + 1, false};
}

base::Result<bool> insert_outcome(Connection& db, std::int64_t session, std::int64_t fence, const Entry& entry) {
  TRY(const auto body, encode_body(entry.body, describe(entry), kMaxBodyBytes));
  TRY(const auto written,
      db.execute("INSERT INTO outcome (session, kind, subject, version, fence, at, body) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                 session, entry.kind, entry.subject, entry.version, fence, to_stored(entry.at), body));
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

base::Result<std::vector<AppendedInput>> insert_inputs(Connection& db, base::SessionId id,
                                                       const std::vector<NewInput>& inputs) {
  TRY(auto head, select_head(db, id));
  std::vector<AppendedInput> appended;
  std::optional<base::Timestamp> changed;
  for (const auto& input : inputs) {
    TRY(appended.emplace_back(), insert_input(db, head, input));
    if (!appended.back().replayed) changed = std::max(changed, std::optional(input.entry.at));
  }
  if (changed) TRY_STATUS(update_head(db, head, *changed));
  return appended;
}

base::Result<std::int64_t> insert_outcomes(Connection& db, const OutcomeCommit& commit) {
  TRY(auto head, select_head(db, commit.lease.session));
  const bool repeatable = !commit.outcomes.empty() || !commit.checkpoints.empty();
  bool is_new = !repeatable;
  for (const auto& outcome : commit.outcomes) {
    TRY(const bool written, insert_outcome(db, head.key, commit.lease.fence, outcome));
    is_new = is_new || written;
  }
  for (const auto& blob : commit.blobs) TRY_STATUS(insert_blob(db, blob));
  for (const auto& checkpoint : commit.checkpoints) {
    TRY(const bool written, insert_checkpoint(db, head.key, checkpoint));
    is_new = is_new || written;
  }
  if (!is_new) return head.seq;

  for (const auto& event : commit.events) {
    ++head.seq;
    TRY_STATUS(insert_event(db, head.key, {head.seq, event.type, event.body, commit.at}));
  }
  TRY_STATUS(update_head(db, head, commit.at));
  if (commit.status) TRY_STATUS(set_status(db, head.key, *commit.status, commit.decision));
  return head.seq;
}

base::Result<std::vector<Entry>> select_entries(Connection& db, EntryClass entry_class, std::int64_t session) {
  TRY(auto rows, db.query(entries_sql(entry_class), session));
  std::vector<Entry> entries;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return entries;
    Entry entry{
        std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2), {}, from_stored(rows.integer(3))};
    TRY(entry.body, decode_body(rows.text(4), describe(entry)));
    entries.push_back(std::move(entry));
  }
}

base::Status insert_event(Connection& db, std::int64_t session, const Event& event) {
  TRY(const auto body, encode_body(event.body, event.type, kMaxEventBytes));
  TRY_STATUS(db.execute("INSERT INTO event (session, seq, type, at, body) VALUES (?, ?, ?, ?, ?)", session, event.seq,
                        event.type, to_stored(event.at), body));
  return {};
}

base::Result<std::vector<Event>> select_events(Connection& db, base::SessionId id, std::int64_t after,
                                               std::int64_t limit) {
  TRY(const auto head, select_head(db, id));
  TRY(auto rows, db.query("SELECT seq, type, at, body FROM event WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?",
                          head.key, after, limit));
  std::vector<Event> events;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return events;
    Event event{rows.integer(0), std::string(rows.text(1)), {}, from_stored(rows.integer(2))};
    TRY(event.body, decode_body(rows.text(3), fmt::format("event {}", event.seq)));
    events.push_back(std::move(event));
  }
}

}  // namespace tollgate::store
