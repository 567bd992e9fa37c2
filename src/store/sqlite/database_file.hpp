// The file itself: made with tight permissions, recognised as ours, migrated.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/migrations.hpp"
#include "store/sqlite/connection.hpp"

namespace tollgate::store {

// Makes missing folders (0700) and the missing file (0600); leaves what exists as it is.
base::Status create_database_file(const std::string& path);

// Opens for writing and checks that the database is empty or ours (kInvalidArgument).
base::Result<std::unique_ptr<Connection>> open_database(const std::string& path);

class SqliteMigrationTarget final : public MigrationTarget {
 public:
  explicit SqliteMigrationTarget(Connection& connection) : connection_(connection) {}

  std::string place() const override { return connection_.path(); }
  base::Result<std::vector<AppliedMigration>> applied() override;
  base::Status apply(const Migration& migration) override;

 private:
  base::Status apply_in_transaction(const Migration& migration);

  Connection& connection_;
};

}  // namespace tollgate::store
