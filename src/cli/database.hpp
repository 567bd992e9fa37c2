// The database that the settings name: SQLite or PostgreSQL behind the same interfaces.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "cli/config.hpp"
#include "store/change_listener.hpp"
#include "store/encryption.hpp"
#include "store/identity_store.hpp"
#include "store/migrations.hpp"
#include "store/pool_counters.hpp"
#include "store/session_store.hpp"
#include "store/usage_store.hpp"

namespace tollgate::cli {

struct OpenedDatabase {
  std::unique_ptr<store::SessionStore> sessions{};
  std::unique_ptr<store::IdentityStore> identities{};
  std::unique_ptr<store::UsageStore> usage{};
  // What the pool of connections does; any thread. Null: there is none (SQLite).
  std::function<store::PoolCounters()> pool{};
  // Has changes that other processes make reported, on a thread of the database's. Null: it knows of none (SQLite).
  std::function<void(store::ChangeListener)> listen{};
};

// An SQLite file is made and migrated when need be; PostgreSQL is not (kPreconditionFailed). `random` and the executors
// of `threads`, on which it will be used, must outlive it.
using IoThreads = std::vector<boost::asio::any_io_executor>;
base::Result<OpenedDatabase> open_database(const Config& config, base::Random& random, IoThreads threads);

// The state of its schema; the second one applies what is pending.
base::Result<store::MigrationStatus> schema_status(const Config& config);
base::Result<store::MigrationStatus> migrate_schema(const Config& config);

// What it is encrypted with, and a change of keys; see store/encryption.hpp.
base::Result<store::EncryptionStatus> stored_encryption(const Config& config);
base::Result<std::int64_t> rotate_keys(const Config& config, const store::RotationProgress& progress);

// For people: a path, or a URL without its password and options. kInvalidArgument.
base::Result<std::string> database_place(const std::string& database_url);

}  // namespace tollgate::cli
