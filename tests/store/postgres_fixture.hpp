// The PostgreSQL server that the tests of one program share, and stores on it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_identity_store.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "store/postgres/postgres_usage_store.hpp"
#include "tests/fakes/postgres_server.hpp"

namespace tollgate::test {

template <typename T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().detail);
  return *std::move(result);
}

// Started at its first use, ended with the program's tests.
class SharedPostgres final : public testing::Environment {
 public:
  static fakes::PostgresServer& server() {
    if (!running()) running() = std::make_unique<fakes::PostgresServer>();
    return *running();
  }
  void TearDown() override { running().reset(); }

  // A migrated database of that name without a row in it.
  static std::string empty_database(const std::string& name) {
    auto& postgres = server();
    const auto known = postgres.execute(fmt::format("SELECT count(*) FROM pg_database WHERE datname = '{}'", name));
    if (known == "0") {
      postgres.execute("CREATE DATABASE " + name);
      value_of(store::migrate_postgres({.url = postgres.url(name)}));
    }
    postgres.execute(
        "DELETE FROM member; DELETE FROM api_key; DELETE FROM sign_in; DELETE FROM account; DELETE FROM audit; "
        "DELETE FROM checkpoint_blob; DELETE FROM checkpoint; DELETE FROM blob; DELETE FROM lease; DELETE FROM event; "
        "DELETE FROM outcome; DELETE FROM input; DELETE FROM session_state; DELETE FROM session; DELETE FROM protocol; "
        "DELETE FROM encryption_key; DELETE FROM usage; DELETE FROM usage_writer",
        name);
    return postgres.url(name);
  }

 private:
  static std::unique_ptr<fakes::PostgresServer>& running() {
    static std::unique_ptr<fakes::PostgresServer> server;
    return server;
  }
};

inline base::Random& system_random() {
  static base::SystemRandom random;
  return random;
}

// Both stores over one database.
struct PostgresStores {
  explicit PostgresStores(store::PostgresConfig config, store::IoThreads threads = {})
      : database(value_of(store::PostgresDatabase::open(config, system_random(), std::move(threads)))),
        sessions(store::make_postgres_session_store(database)),
        identities(store::make_postgres_identity_store(database)),
        usage(store::make_postgres_usage_store(database)) {}

  std::shared_ptr<store::PostgresDatabase> database;
  std::unique_ptr<store::SessionStore> sessions;
  std::unique_ptr<store::IdentityStore> identities;
  std::unique_ptr<store::UsageStore> usage;
};

}  // namespace tollgate::test
