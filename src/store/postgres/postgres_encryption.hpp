// Encryption of a PostgreSQL database: its cipher, its state, and a change of keys. Blocks, as does postgres_schema.hpp.
// The keys are those of the config.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "store/encryption.hpp"
#include "store/postgres/postgres_config.hpp"

namespace tollgate::store {

// For a database whose schema is this program's; see open_encryption().
base::Result<ValueCipher> open_postgres_encryption(const PostgresConfig& config);

// For `encryption status` and `encryption rotate`. The first one needs no key and changes nothing. kPreconditionFailed
// while a migration is pending.
base::Result<EncryptionStatus> postgres_encryption_status(const PostgresConfig& config);
base::Result<std::int64_t> rotate_postgres_encryption(const PostgresConfig& config, const RotationProgress& progress);

}  // namespace tollgate::store
