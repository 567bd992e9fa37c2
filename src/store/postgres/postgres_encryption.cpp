#include "store/postgres/postgres_encryption.hpp"

#include "store/postgres/pg_sealed_rows.hpp"
#include "store/postgres/postgres_schema.hpp"

namespace tollgate::store {

base::Result<ValueCipher> open_postgres_encryption(const PostgresConfig& config) {
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresEncryptionTarget target(*connection, config.lock_timeout);
  return open_encryption(target, config.keys);
}

base::Result<EncryptionStatus> postgres_encryption_status(const PostgresConfig& config) {
  TRY_STATUS(check_postgres_schema(config));
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresEncryptionTarget target(*connection, config.lock_timeout);
  return encryption_status(target);
}

base::Result<std::int64_t> rotate_postgres_encryption(const PostgresConfig& config, const RotationProgress& progress) {
  TRY_STATUS(check_postgres_schema(config));
  TRY(const auto connection, PgBlockingConnection::open(config));
  PostgresEncryptionTarget target(*connection, config.lock_timeout);
  return rotate_encryption(target, config.keys, progress);
}

}  // namespace tollgate::store
