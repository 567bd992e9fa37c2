// Checkpoints and the content-addressed blobs they name, in SQLite: each function inside the caller's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

base::Status insert_blob(Connection& db, const ValueCipher& cipher, const Blob& blob);
base::Result<std::string> select_blob(Connection& db, const ValueCipher& cipher, const base::Sha256& digest);

// True when written, false when this very checkpoint is there already. kPreconditionFailed as in SessionStore::commit.
base::Result<bool> insert_checkpoint(Connection& db, const ValueCipher& cipher, const SessionHead& head,
                                     const CheckpointRow& checkpoint);
base::Result<std::vector<CheckpointRow>> select_checkpoints(Connection& db, const ValueCipher& cipher,
                                                            const SessionHead& head);

// Deletes the session's checkpoints, and those of their blobs that no other checkpoint names.
base::Status delete_checkpoints(Connection& db, std::int64_t session);

}  // namespace tollgate::store
