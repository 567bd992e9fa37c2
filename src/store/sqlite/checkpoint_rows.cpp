#include "store/sqlite/checkpoint_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

base::Result<bool> holds_checkpoint(Connection& db, std::int64_t session, const CheckpointRow& checkpoint) {
  TRY(auto row, db.query("SELECT hash FROM checkpoint WHERE session = ? AND seq = ?", session, checkpoint.seq));
  TRY(const bool found, row.step());
  if (!found || row.digest(0) == checkpoint.hash) return found;
  return fail(ErrorCode::kPreconditionFailed,
              fmt::format("checkpoint {} exists already with another content: load the session and build the next one "
                          "on it",
                          checkpoint.seq));
}

// A fork's chain starts at 0, all others at 1.
base::Status check_continues(Connection& db, std::int64_t session, std::int64_t seq) {
  if (seq == 0) return {};
  TRY(auto row, db.query("SELECT coalesce(max(seq), 0) FROM checkpoint WHERE session = ?", session));
  TRY_STATUS(row.step());
  const auto last = row.integer(0);
  if (seq == last + 1) return {};
  return fail(
      ErrorCode::kPreconditionFailed,
      fmt::format("checkpoint {} does not continue the chain, whose last is {}: load the session again", seq, last));
}

base::Status insert_reference(Connection& db, std::int64_t session, std::int64_t seq, const base::Sha256& digest) {
  TRY(const auto written, db.execute("INSERT INTO checkpoint_blob (session, seq, digest) "
                                     "SELECT ?1, ?2, digest FROM blob WHERE digest = ?3",
                                     session, seq, digest));
  if (written == 1) return {};
  return fail(ErrorCode::kPreconditionFailed,
              fmt::format("blob {} of checkpoint {} is not stored: commit its bytes with the checkpoint",
                          digest.to_hex(), seq));
}

}  // namespace

base::Status insert_blob(Connection& db, const ValueCipher& cipher, const Blob& blob) {
  TRY_STATUS(db.execute("INSERT INTO blob (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", blob.digest,
                        Bytes{cipher.seal_bytes(blob.bytes, place_of_blob(blob.digest))}));
  return {};
}

base::Result<std::string> select_blob(Connection& db, const ValueCipher& cipher, const base::Sha256& digest) {
  TRY(auto row, db.query("SELECT bytes FROM blob WHERE digest = ?", digest));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, fmt::format("blob {} is not stored", digest.to_hex()));
  return cipher.open_blob(row.bytes(0), digest);
}

base::Result<bool> insert_checkpoint(Connection& db, const ValueCipher& cipher, const SessionHead& head,
                                     const CheckpointRow& checkpoint) {
  TRY(const bool known, holds_checkpoint(db, head.key, checkpoint));
  if (known) return false;
  TRY_STATUS(check_continues(db, head.key, checkpoint.seq));
  TRY_STATUS(db.execute("INSERT INTO checkpoint (session, seq, hash, manifest) VALUES (?, ?, ?, ?)", head.key,
                        checkpoint.seq, checkpoint.hash,
                        cipher.seal_text(checkpoint.manifest, place_of_checkpoint(head.id, checkpoint.seq))));
  auto digests = checkpoint.blobs;
  std::ranges::sort(digests);
  const auto repeated = std::ranges::unique(digests);
  digests.erase(repeated.begin(), repeated.end());
  for (const auto& digest : digests) TRY_STATUS(insert_reference(db, head.key, checkpoint.seq, digest));
  return true;
}

base::Result<std::vector<CheckpointRow>> select_checkpoints(Connection& db, const ValueCipher& cipher,
                                                            const SessionHead& head) {
  std::vector<CheckpointRow> checkpoints;
  TRY(auto rows, db.query("SELECT seq, hash, manifest FROM checkpoint WHERE session = ? ORDER BY seq", head.key));
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) break;
    const auto seq = rows.integer(0);
    TRY(auto manifest, cipher.open_text(rows.text(2), place_of_checkpoint(head.id, seq),
                                        fmt::format("checkpoint {} of session {}", seq, head.id.to_string())));
    checkpoints.push_back({seq, rows.digest(1), std::move(manifest)});
  }
  auto named = checkpoints.begin();
  TRY(auto references,
      db.query("SELECT seq, digest FROM checkpoint_blob WHERE session = ? ORDER BY seq, digest", head.key));
  for (;;) {
    TRY(const bool more, references.step());
    if (!more) return checkpoints;
    while (named != checkpoints.end() && named->seq < references.integer(0)) ++named;
    if (named != checkpoints.end()) named->blobs.push_back(references.digest(1));
  }
}

base::Status delete_checkpoints(Connection& db, std::int64_t session) {
  std::vector<base::Sha256> digests;
  {
    TRY(auto rows, db.query("SELECT DISTINCT digest FROM checkpoint_blob WHERE session = ?", session));
    for (;;) {
      TRY(const bool more, rows.step());
      if (!more) break;
      digests.push_back(rows.digest(0));
    }
  }
  TRY_STATUS(db.execute("DELETE FROM checkpoint WHERE session = ?", session));
  for (const auto& digest : digests) {
    TRY_STATUS(
        db.execute("DELETE FROM blob WHERE digest = ?1 AND NOT EXISTS "
                   "(SELECT 1 FROM checkpoint_blob WHERE checkpoint_blob.digest = ?1)",
                   digest));
  }
  return {};
}

}  // namespace tollgate::store
