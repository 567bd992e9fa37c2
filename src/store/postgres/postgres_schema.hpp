// The schema of a PostgreSQL database: its state, and the migrations that change it. Blocks: used before a store is
// opened, and from the command line.
#pragma once

#include "base/result.hpp"
#include "store/migrations.hpp"
#include "store/postgres/postgres_config.hpp"

namespace tollgate::store {

// The first one changes nothing. kUnavailable while the server cannot be reached, or while another process migrates.
base::Result<MigrationStatus> postgres_migration_status(const PostgresConfig& config);
base::Result<MigrationStatus> migrate_postgres(const PostgresConfig& config);

// kPreconditionFailed, with the cure, unless all migrations of this program, and no others, are applied.
base::Status check_postgres_schema(const PostgresConfig& config);

// The database's name for people, without its password.
base::Result<std::string> postgres_place(const PostgresConfig& config);

}  // namespace tollgate::store
