#include "store/postgres/pg_checkpoint_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/place.hpp"
#include "store/postgres/pg_sealed_rows.hpp"

namespace tollgate::store {

Async<void> insert_blob(PgConnection& db, const ValueCipher& cipher, const Blob& blob) {
  CO_TRY(const auto begun, co_await db.run(PgBatch().add("BEGIN").add(kSelectKeys)));
  CO_TRY_STATUS(check_keys(begun[1], cipher, db.place()));
  const auto sealed = cipher.seal_bytes(blob.bytes, place_of_blob(blob.digest));
  CO_TRY_STATUS(co_await db.run(
      PgBatch()
          .add("INSERT INTO blob (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING", blob.digest,
               PgBytes{sealed})
          .add("COMMIT")));
  co_return base::Status{};
}

Async<std::string> select_blob(PgConnection& db, const ValueCipher& cipher, const base::Sha256& digest) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add(kSelectKeys).add("SELECT bytes FROM blob WHERE digest = $1", digest)));
  CO_TRY_STATUS(check_keys(results[0], cipher, db.place()));
  if (results[1].empty())
    co_return base::fail(base::ErrorCode::kNotFound, fmt::format("blob {} is not stored", digest.to_hex()));
  co_return cipher.open_blob(results[1].front().bytes(0), digest);
}

base::Result<std::vector<CheckpointRow>> read_checkpoints(const PgResult& rows, const ValueCipher& cipher,
                                                          const base::SessionId& id) {
  std::vector<CheckpointRow> checkpoints;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    CheckpointRow checkpoint{row.integer(0), row.digest(1), {}};
    TRY(checkpoint.manifest, cipher.open_text(row.text(2), place_of_checkpoint(id, checkpoint.seq),
                                              fmt::format("checkpoint {} of session {}", checkpoint.seq,
                                                          id.to_string())));
    auto digests = row.bytes(3);  // one after the other
    for (base::Sha256 digest; digests.size() >= digest.bytes.size(); digests.remove_prefix(digest.bytes.size())) {
      std::copy_n(digests.begin(), digest.bytes.size(), digest.bytes.begin());
      checkpoint.blobs.push_back(digest);
    }
    checkpoints.push_back(std::move(checkpoint));
  }
  return checkpoints;
}

}  // namespace tollgate::store
