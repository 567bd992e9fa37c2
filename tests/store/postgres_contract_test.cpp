#include "tests/store/postgres_fixture.hpp"
#include "tests/store/session_store_contract.hpp"

namespace tollgate::store {
namespace {

const auto* const kServer = testing::AddGlobalTestEnvironment(new test::SharedPostgres);

template <PostgresPooler kPooler>
class PostgresFixture final : public StoreFixture {
 public:
  SessionStore& store() override { return *stores_.sessions; }
  IdentityStore& identities() override { return *stores_.identities; }

 private:
  test::PostgresStores stores_{{.url = test::SharedPostgres::empty_database("contract"), .pooler = kPooler}};
};

template <PostgresPooler kPooler>
std::unique_ptr<StoreFixture> open_postgres() {
  return std::make_unique<PostgresFixture<kPooler>>();
}

INSTANTIATE_TEST_SUITE_P(Postgres, SessionStoreContract, testing::Values(&open_postgres<PostgresPooler::kNone>));
INSTANTIATE_TEST_SUITE_P(Postgres, IdentityStoreContract, testing::Values(&open_postgres<PostgresPooler::kNone>));

}  // namespace
}  // namespace tollgate::store
