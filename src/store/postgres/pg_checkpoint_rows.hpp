// Checkpoints and the content-addressed blobs they name, in PostgreSQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

Async<void> insert_blob(PgConnection& db, const ValueCipher& cipher, const Blob& blob);
Async<std::string> select_blob(PgConnection& db, const ValueCipher& cipher, const base::Sha256& digest);

// Of session $1, by number, each with an array of the digests it names.
inline constexpr std::string_view kSelectCheckpoints =
    "SELECT c.seq, c.hash, c.manifest, "
    "(SELECT string_agg(b.digest, ''::bytea ORDER BY b.digest) FROM checkpoint_blob b "
    "WHERE b.session = c.session AND b.seq = c.seq) "
    "FROM checkpoint c WHERE c.session = $1 ORDER BY c.seq";
base::Result<std::vector<CheckpointRow>> read_checkpoints(const PgResult& rows, const ValueCipher& cipher,
                                                          const base::SessionId& id);

// Names the constraint that a checkpoint breaks whose blob is not stored.
inline constexpr std::string_view kBlobIsStored = "checkpoint_blob_is_stored";

}  // namespace tollgate::store
