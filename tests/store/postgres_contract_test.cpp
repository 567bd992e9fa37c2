#include "tests/fakes/pg_bouncer.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/session_store_contract.hpp"

namespace tollgate::store {
namespace {

const auto* const kServer = testing::AddGlobalTestEnvironment(new test::SharedPostgres);

// Calls are made on the thread that the database was opened for, as those of a server and of a command are.
class PostgresFixture final : public StoreFixture {
 public:
  explicit PostgresFixture(PostgresConfig config) : stores_(std::move(config), {thread_.executor()}) {
    thread_.choose();
  }
  ~PostgresFixture() override { thread_.stop(); }
  SessionStore& store() override { return *stores_.sessions; }
  IdentityStore& identities() override { return *stores_.identities; }
  UsageStore& usage() override { return *stores_.usage; }

 private:
  test::IoThread thread_;
  test::PostgresStores stores_;
};

// Calls come from threads that the database knows nothing of.
class StrangersFixture final : public StoreFixture {
 public:
  explicit StrangersFixture(PostgresConfig config) : stores_(std::move(config)) {}
  SessionStore& store() override { return *stores_.sessions; }
  IdentityStore& identities() override { return *stores_.identities; }
  UsageStore& usage() override { return *stores_.usage; }

 private:
  test::PostgresStores stores_;
};

constexpr const char* kDatabase = "contract";

std::unique_ptr<StoreFixture> open_directly() {
  return std::make_unique<PostgresFixture>(PostgresConfig{.url = test::SharedPostgres::empty_database(kDatabase)});
}

std::unique_ptr<StoreFixture> open_for_strangers() {
  return std::make_unique<StrangersFixture>(PostgresConfig{.url = test::SharedPostgres::empty_database(kDatabase)});
}

std::unique_ptr<StoreFixture> open_encrypted() {
  return std::make_unique<PostgresFixture>(PostgresConfig{.url = test::SharedPostgres::empty_database(kDatabase),
                                                          .keys = {*parse_encryption_key(new_key_text())}});
}

// PgBouncer with fewer connections to the server than the store has to PgBouncer.
std::unique_ptr<StoreFixture> open_through_pgbouncer() {
  static const fakes::PgBouncer pooler(test::SharedPostgres::server(), 3);
  test::SharedPostgres::empty_database(kDatabase);
  return std::make_unique<PostgresFixture>(
      PostgresConfig{.url = pooler.url(kDatabase), .pooler = PostgresPooler::kTransactions});
}

INSTANTIATE_TEST_SUITE_P(Postgres, SessionStoreContract, testing::Values(&open_directly));
INSTANTIATE_TEST_SUITE_P(Postgres, IdentityStoreContract, testing::Values(&open_directly));
INSTANTIATE_TEST_SUITE_P(Postgres, UsageStoreContract, testing::Values(&open_directly));
INSTANTIATE_TEST_SUITE_P(PostgresForStrangers, SessionStoreContract, testing::Values(&open_for_strangers));
INSTANTIATE_TEST_SUITE_P(PostgresEncrypted, SessionStoreContract, testing::Values(&open_encrypted));
INSTANTIATE_TEST_SUITE_P(PgBouncer, SessionStoreContract, testing::Values(&open_through_pgbouncer));
INSTANTIATE_TEST_SUITE_P(PgBouncer, IdentityStoreContract, testing::Values(&open_through_pgbouncer));
INSTANTIATE_TEST_SUITE_P(PgBouncer, UsageStoreContract, testing::Values(&open_through_pgbouncer));

}  // namespace
}  // namespace tollgate::store
