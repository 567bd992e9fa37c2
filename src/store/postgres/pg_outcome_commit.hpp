// A commit of outcomes, with the lease's fence checked by the statement that writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

// Two round trips, one transaction: what is stored already is looked at first.
Async<std::int64_t> insert_outcomes(PgConnection& db, const ValueCipher& cipher, const OutcomeCommit& commit);

// The statements, in their order, for a look at what they cost.
// The session is locked. Everything hangs on `own`: without the lease nothing is written, and
// no row comes back. Changing the lease's row also makes its next holder wait until this is committed.
inline constexpr std::string_view kCommit = R"sql(
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

inline constexpr std::string_view kHoldsLease =
    "SELECT FROM lease WHERE session = $1 AND scope = $2 AND owner = $3 AND fence = $4";
inline constexpr std::string_view kSelectLinks =
    "SELECT seq, hash FROM checkpoint WHERE session = $1 AND seq = ANY ($2)";
inline constexpr std::string_view kSelectLastLink = "SELECT coalesce(max(seq), 0) FROM checkpoint WHERE session = $1";

}  // namespace tollgate::store
