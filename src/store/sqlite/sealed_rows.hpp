// Every value of a SQLite database that may be sealed, and the keys it needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/encryption.hpp"
#include "store/sqlite/connection.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

// store/encryption.hpp's check, inside the caller's transaction.
base::Status check_keys(Connection& db, const ValueCipher& cipher);

// Not thread-safe. The connection must be able to write, and is not in a transaction.
class SqliteEncryptionTarget final : public EncryptionTarget {
 public:
  explicit SqliteEncryptionTarget(Connection& connection) : db_(connection) {}

  std::string place() const override { return db_.path(); }
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
  struct Rows;
  base::Result<Rows> read_some() const;
  base::Status replace(const Row& row, const std::string& sealed);

  Connection& db_;
  std::size_t table_ = 0;                   // the one being gone through
  std::array<std::int64_t, 2> position_{};  // key of its last row looked at
};

}  // namespace tollgate::store
