// Every value of a PostgreSQL database that may be sealed, and the keys it needs.
//
// A transaction that reads or writes sealed values runs kSelectKeys first. That also keeps the keys as they are until it
// has ended: a change of keys locks the table against it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/encryption.hpp"
#include "store/postgres/pg_blocking_connection.hpp"
#include "store/postgres/pg_result.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

inline constexpr std::string_view kSelectKeys = "SELECT id, check_value, retired FROM encryption_key ORDER BY id";

// store/encryption.hpp's check, of what kSelectKeys gave.
base::Status check_keys(const PgResult& keys, const ValueCipher& cipher, const std::string& place);

class PostgresEncryptionTarget final : public EncryptionTarget {
 public:
  // `lock_timeout`: how long a change of keys waits for transactions under way.
  PostgresEncryptionTarget(PgBlockingConnection& connection, std::chrono::milliseconds lock_timeout);
  ~PostgresEncryptionTarget() override;

  std::string place() const override { return db_.place(); }
  base::Result<std::vector<StoredKey>> keys() override;
  base::Result<bool> holds_sessions() override;
  base::Result<std::map<std::string, std::int64_t>> count_values() override;
  base::Status transact(const std::function<base::Status()>& change) override;
  base::Status save_key(const StoredKey& key) override;
  base::Status forget_key(const std::string& id) override;
  base::Result<Batch> seal_some(const ValueCipher& cipher) override;
  base::Status erase_remains() override;

 private:
  struct Row;
  base::Result<std::vector<Row>> read_some() const;
  base::Status replace(const std::vector<Row>& rows, const std::vector<std::string>& sealed);

  PgBlockingConnection& db_;
  const std::chrono::milliseconds lock_timeout_;
  std::size_t table_ = 0;      // the one being gone through
  std::unique_ptr<Row> last_;  // of it that was looked at
};

}  // namespace tollgate::store
