#include "store/postgres/pg_checkpoint_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::store {

Async<void> insert_blob(PgConnection& db, const Blob& blob) {
  CO_TRY_STATUS(
      co_await db.run(PgBatch().add("INSERT INTO blob (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
                                    blob.digest, PgBytes{blob.bytes})));
  co_return base::Status{};
}

Async<std::string> select_blob(PgConnection& db, const base::Sha256& digest) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add("SELECT bytes FROM blob WHERE digest = $1", digest)));
  if (results[0].empty())
    co_return base::fail(base::ErrorCode::kNotFound, fmt::format("blob {} is not stored", digest.to_hex()));
  co_return std::string(results[0].front().bytes(0));
}

std::vector<CheckpointRow> read_checkpoints(const PgResult& rows) {
  std::vector<CheckpointRow> checkpoints;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    CheckpointRow checkpoint{row.integer(0), row.digest(1), std::string(row.text(2))};
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
