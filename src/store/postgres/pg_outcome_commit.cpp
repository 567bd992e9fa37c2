#include "store/postgres/pg_outcome_commit.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/body_json.hpp"
#include "store/place.hpp"
#include "store/postgres/pg_entry_rows.hpp"
#include "store/postgres/pg_lease_rows.hpp"
#include "store/postgres/pg_sealed_rows.hpp"
#include "store/postgres/pg_session_rows.hpp"
#include "store/request_checks.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// The session is locked. Everything hangs on `own`: without the lease nothing is written, and
// no row comes back. Changing the lease's row also makes its next holder wait until this is committed.
constexpr std::string_view kCommit = R"sql(
WITH own AS (
  UPDATE lease
  SET lease_until = greatest(lease_until, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + ttl)
  WHERE session = $1 AND scope = $2 AND owner = $3 AND fence = $4
  RETURNING fence
), result AS (
  INSERT INTO outcome (session, kind, subject, version, fence, at, body)
  SELECT $1, o.kind, o.subject, o.version, own.fence, o.at, o.body
  FROM own, unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[])
    AS o (kind, subject, version, at, body)
  ON CONFLICT DO NOTHING
  RETURNING 1
), kept AS (
  INSERT INTO blob (digest, bytes)
  SELECT b.digest, b.bytes FROM own, unnest($10::bytea[], $11::bytea[]) AS b (digest, bytes)
  ON CONFLICT DO NOTHING
), link AS (
  INSERT INTO checkpoint (session, seq, hash, manifest)
  SELECT $1, c.seq, c.hash, c.manifest
  FROM own, unnest($12::bigint[], $13::bytea[], $14::text[]) AS c (seq, hash, manifest)
), named AS (
  INSERT INTO checkpoint_blob (session, seq, digest)
  SELECT DISTINCT $1, n.seq, n.digest FROM own, unnest($15::bigint[], $16::bytea[]) AS n (seq, digest)
), head AS (
  UPDATE session_state
  SET head_seq = head_seq + cardinality($18::text[]), updated_at = greatest(updated_at, $20),
      status = coalesce($21, status), decision = CASE WHEN $21 IS NULL THEN decision ELSE $22 END
  FROM own
  WHERE session = $1 AND ($17 OR EXISTS (SELECT FROM result))
  RETURNING head_seq
), log AS (
  INSERT INTO event (session, seq, type, at, body)
  SELECT $1, head.head_seq - cardinality($18) + e.n, e.type, $20, e.body
  FROM head, unnest($18, $19::text[]) WITH ORDINALITY AS e (type, body, n)
)
SELECT (SELECT head_seq FROM head) FROM own)sql";

constexpr std::string_view kHoldsLease =
    "SELECT FROM lease WHERE session = $1 AND scope = $2 AND owner = $3 AND fence = $4";
constexpr std::string_view kSelectLinks = "SELECT seq, hash FROM checkpoint WHERE session = $1 AND seq = ANY ($2)";
constexpr std::string_view kSelectLastLink = "SELECT coalesce(max(seq), 0) FROM checkpoint WHERE session = $1";

std::optional<std::string_view> stored_status(const std::optional<SessionStatus>& status) {
  if (!status) return std::nullopt;
  switch (*status) {
    case SessionStatus::kOpen: return "open";
    case SessionStatus::kDecided: return "decided";
  }
  return std::nullopt;
}

// Those of the commit that are not in the chain yet, in order. kPreconditionFailed as in SessionStore::commit.
base::Result<std::vector<CheckpointRow>> new_links(const OutcomeCommit& commit, const PgResult& known,
                                                   std::int64_t last) {
  std::vector<CheckpointRow> links;
  for (const auto& checkpoint : commit.checkpoints) {
    std::optional<base::Sha256> stored;
    for (int i = 0; i < known.size(); ++i) {
      if (known.row(i).integer(0) == checkpoint.seq) stored = known.row(i).digest(1);
    }
    for (const auto& link : links) {
      if (link.seq == checkpoint.seq) stored = link.hash;
    }
    if (stored && *stored != checkpoint.hash) {
      return fail(ErrorCode::kPreconditionFailed,
                  fmt::format("checkpoint {} exists already with another content: load the session and build the next "
                              "one on it",
                              checkpoint.seq));
    }
    if (stored) continue;
    if (checkpoint.seq != last + 1) {
      return fail(ErrorCode::kPreconditionFailed,
                  fmt::format("checkpoint {} does not continue the chain, whose last is {}: load the session again",
                              checkpoint.seq, last));
    }
    last = checkpoint.seq;
    links.push_back(checkpoint);
  }
  return links;
}

struct Begun {
  std::int64_t head_seq = 0;
  std::vector<CheckpointRow> links{};  // that are new
};

// Takes the locks and looks at the chain; the transaction stays open.
Async<Begun> begin_commit(PgConnection& db, const ValueCipher& cipher, const OutcomeCommit& commit) {
  const auto& lease = commit.lease;
  std::vector<std::int64_t> numbers;
  for (const auto& checkpoint : commit.checkpoints) numbers.push_back(checkpoint.seq);
  PgBatch batch;
  batch.add("BEGIN")
      .add(kSelectKeys)
      .add(kLockSession, lease.session)
      .add(kHoldsLease, lease.session, lease.scope, lease.owner, lease.fence);
  if (!numbers.empty()) batch.add(kSelectLinks, lease.session, numbers).add(kSelectLastLink, lease.session);
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  CO_TRY_STATUS(check_keys(results[1], cipher, db.place()));
  if (results[2].empty()) co_return no_session(lease.session);
  if (results[3].empty()) co_return lease_is_lost(lease);
  Begun begun{.head_seq = results[2].front().integer(0)};
  if (!numbers.empty()) {
    CO_TRY(begun.links, new_links(commit, results[4], results[5].front().integer(0)));
  }
  co_return begun;
}

// The commit as the arrays that kCommit takes.
base::Result<PgParameters> parameters_of(const OutcomeCommit& commit, const ValueCipher& cipher, const Begun& begun) {
  const auto& id = commit.lease.session;
  std::vector<std::string> kinds, subjects, bodies, manifests, event_types, event_bodies, sealed;
  std::vector<std::int64_t> versions, times, numbers, naming;
  std::vector<base::Sha256> digests, hashes, named;
  std::vector<PgBytes> bytes;
  for (const auto& outcome : commit.outcomes) {
    TRY(auto body, encode_body(outcome.body, describe(outcome), kMaxBodyBytes));
    bodies.push_back(
        cipher.seal_text(std::move(body), place_of_outcome(id, outcome.kind, outcome.subject, outcome.version)));
    kinds.push_back(outcome.kind);
    subjects.push_back(outcome.subject);
    versions.push_back(outcome.version);
    times.push_back(to_stored(outcome.at));
  }
  for (const auto& blob : commit.blobs) {
    digests.push_back(blob.digest);
    sealed.push_back(cipher.seal_bytes(blob.bytes, place_of_blob(blob.digest)));
  }
  for (const auto& blob : sealed) bytes.push_back({blob});
  for (const auto& link : begun.links) {
    numbers.push_back(link.seq);
    hashes.push_back(link.hash);
    manifests.push_back(cipher.seal_text(link.manifest, place_of_checkpoint(id, link.seq)));
    for (const auto& digest : link.blobs) {
      naming.push_back(link.seq);
      named.push_back(digest);
    }
  }
  for (const auto& event : commit.events) {
    const auto seq = begun.head_seq + std::ssize(event_types) + 1;
    TRY(auto body, encode_body(event.body, event.type, kMaxEventBytes));
    event_bodies.push_back(cipher.seal_text(std::move(body), place_of_event(id, event.type, seq)));
    event_types.push_back(event.type);
  }
  const bool is_new = !begun.links.empty() || (commit.outcomes.empty() && commit.checkpoints.empty());
  PgParameters out;
  const auto& lease = commit.lease;
  const auto add = [&out](const auto&... values) { (out.add(values), ...); };
  add(lease.session, lease.scope, lease.owner, lease.fence, kinds, subjects, versions, times, bodies, digests, bytes,
      numbers, hashes, manifests, naming, named, is_new, event_types, event_bodies, to_stored(commit.at),
      stored_status(commit.status), commit.decision);
  return out;
}

}  // namespace

Async<std::int64_t> insert_outcomes(PgConnection& db, const ValueCipher& cipher, const OutcomeCommit& commit) {
  CO_TRY(const auto begun, co_await begin_commit(db, cipher, commit));
  CO_TRY(auto parameters, parameters_of(commit, cipher, begun));
  const auto results = co_await db.run(PgBatch().add(kCommit, std::move(parameters)).add("COMMIT"));
  if (!results) {
    if (db.failure().sqlstate != kForeignKeyViolation) co_return std::unexpected(results.error());
    co_return fail(ErrorCode::kPreconditionFailed,
                   "a blob of the checkpoint is not stored: commit its bytes with the checkpoint",
                   results.error().detail);
  }
  const auto& committed = (*results)[0];
  if (committed.empty()) co_return lease_is_lost(commit.lease);
  co_return committed.front().is_null(0) ? begun.head_seq : committed.front().integer(0);
}

}  // namespace tollgate::store
