// What a store keeps of a session. Plain values; the store reads none of the bodies, the session module owns them.
//
// Two classes of entries (docs/adr/0001): *inputs* (answers, waivers) come from people, are appended by anybody,
// need no lease and are idempotent by key; *outcomes* (assessments, gates, checks, decisions) are written only by the
// holder of a lease. Both are append-only: a new fact is a new version.
//
// Bodies are kept as JSON: durations, dates and money come back as strings. Bounds are in store/request_checks.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/sha256.hpp"
#include "base/value.hpp"

namespace tollgate::store {

enum class SessionStatus { kOpen, kDecided };

// A session continues from a checkpoint of another one.
struct Origin {
  base::SessionId session;
  std::int64_t checkpoint = 0;
};

struct SessionRow {
  base::SessionId id;
  std::string title;
  std::string owner;  // account name; "local" for the command line
  base::Sha256 protocol_hash;
  std::string protocol_id;
  base::Value settings{};  // options, profile: fixed at creation
  SessionStatus status = SessionStatus::kOpen;
  std::string decision{};  // outcome's name once decided
  std::optional<Origin> origin{};
  base::Timestamp created_at{};
  base::Timestamp updated_at{};  // of the last append or commit
  std::int64_t head_seq = 0;     // sequence of the last event
};

struct Entry {
  std::string kind;          // "answer", "waiver"; "assessment", "gate", "check", "decision"
  std::string subject;       // question, rule, stage or check; empty for the decision
  std::int64_t version = 0;  // inputs: 1, 2, … per (kind, subject), set by the store; outcomes: set by the caller
  base::Value body{};
  base::Timestamp at{};
};

struct Event {
  std::int64_t seq = 0;  // 1, 2, … per session without gaps; set by the store
  std::string type;      // design §7: "answer.submitted" …
  base::Value body{};
  base::Timestamp at{};
};

// An input on its way in. The event's body gets "revision": the version the store gave the entry.
struct NewInput {
  Entry entry;
  std::string idempotency_key;                     // names one input of the session; 1–200 bytes
  std::optional<base::Timestamp> key_until{};      // then the key may name another one; none: never
  std::optional<std::int64_t> expected_version{};  // refuse with kConflict unless the newest version is this one
  std::string event_type;
  base::Value event_body{};  // a record
};

struct AppendedInput {
  std::int64_t version = 0;
  bool replayed = false;  // the key was known: nothing was written, version is the one written then
};

// Content-addressed bytes, shared by all checkpoints and sessions that refer to them.
struct Blob {
  base::Sha256 digest;
  std::string bytes;
};

// A link of the hash chain; see session/checkpoint.hpp for how the bytes are made and verified.
struct CheckpointRow {
  std::int64_t seq = 0;  // 1, 2, … per session; 0: the checkpoint a fork started from
  base::Sha256 hash;
  std::string manifest;               // canonical JSON
  std::vector<base::Sha256> blobs{};  // what the manifest names; each lives as long as a checkpoint that names it
};

struct SessionRecord {
  SessionRow row;
  std::vector<Entry> inputs;               // by (kind, subject, version)
  std::vector<Entry> outcomes;             // likewise
  std::vector<CheckpointRow> checkpoints;  // by seq
};

struct ProtocolRow {
  base::Sha256 hash;
  std::string id;
  std::string version;
  std::string title;
  std::string canonical;  // the pinned protocol itself, canonical JSON
};

struct NewSession {
  SessionRow row;               // status, head_seq ignored
  std::string idempotency_key;  // unique per owner; the same key gives the session it made
  base::Value event_body{};     // of session.created
  // Fork: the first link of the new chain (seq 0) with the blobs it names already stored.
  std::optional<CheckpointRow> origin_checkpoint{};
};

struct SessionFilter {
  std::string owner{};       // empty: all
  std::string visible_to{};  // sessions this account owns or takes part in; empty: all
  std::optional<SessionStatus> status{};
  std::string title_contains{};  // in any case of the ASCII letters; at most 200 bytes
  std::int64_t limit = 50;       // 1–200
  std::string cursor{};          // from SessionPage::next; empty for the first page
};

struct SessionPage {
  std::vector<SessionRow> rows;  // newest change first, settings left null: a page is read from an index alone
  std::string next{};            // empty: no more
};

// The right to write outcomes in one scope of a session (a stage id, or "session" for checks and decision).
struct Lease {
  base::SessionId session;
  std::string scope;
  base::BootId owner;
  std::int64_t fence = 0;  // grows with each acquisition: an old holder's writes are refused
};

// Outcomes that belong together: all of it is committed, or nothing. When every outcome and checkpoint in it exists
// already (and it has one), the whole is a repeat: its events are not written a second time.
struct OutcomeCommit {
  Lease lease;
  std::vector<Entry> outcomes{};  // one that exists already (kind, subject, version) is left as it is
  std::vector<Blob> blobs{};
  std::vector<CheckpointRow> checkpoints{};
  std::vector<Event> events{};  // seq and at are set by the store
  std::optional<SessionStatus> status{};
  std::string decision{};  // with status kDecided
  base::Timestamp at{};
};

}  // namespace tollgate::store
