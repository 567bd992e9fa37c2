#include "tests/store/session_store_contract.hpp"

#include <stdexcept>

#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"
#include "store/sqlite/sqlite_usage_store.hpp"
#include "tests/fakes/fake_session_store.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::store {
namespace {

class SqliteFixture : public StoreFixture {
 public:
  explicit SqliteFixture(EncryptionKeys keys = {}) {
    auto opened = SqliteDatabase::open({.path = folder_.file("tollgate.db"), .keys = std::move(keys)});
    if (!opened) throw std::runtime_error(opened.error().message + " " + opened.error().detail);
    store_ = make_sqlite_session_store(*opened);
    identities_ = make_sqlite_identity_store(*opened);
    usage_ = make_sqlite_usage_store(*std::move(opened));
  }
  SessionStore& store() override { return *store_; }
  IdentityStore& identities() override { return *identities_; }
  UsageStore& usage() override { return *usage_; }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<SessionStore> store_;
  std::unique_ptr<IdentityStore> identities_;
  std::unique_ptr<UsageStore> usage_;
};

class EncryptedFixture final : public SqliteFixture {
 public:
  EncryptedFixture() : SqliteFixture({*parse_encryption_key(new_key_text())}) {}
};

class FakeFixture final : public StoreFixture {
 public:
  SessionStore& store() override { return store_; }

 private:
  FakeSessionStore store_;
};

template <typename Fixture>
std::unique_ptr<StoreFixture> open_fixture() {
  return std::make_unique<Fixture>();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SessionStoreContract, testing::Values(&open_fixture<SqliteFixture>));
INSTANTIATE_TEST_SUITE_P(Sqlite, IdentityStoreContract, testing::Values(&open_fixture<SqliteFixture>));
INSTANTIATE_TEST_SUITE_P(Sqlite, UsageStoreContract, testing::Values(&open_fixture<SqliteFixture>));
INSTANTIATE_TEST_SUITE_P(Encrypted, SessionStoreContract, testing::Values(&open_fixture<EncryptedFixture>));
INSTANTIATE_TEST_SUITE_P(Encrypted, IdentityStoreContract, testing::Values(&open_fixture<EncryptedFixture>));
INSTANTIATE_TEST_SUITE_P(Fake, SessionStoreContract, testing::Values(&open_fixture<FakeFixture>));

}  // namespace
}  // namespace tollgate::store
