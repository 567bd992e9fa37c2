#include "tests/store/session_store_contract.hpp"

#include <stdexcept>

#include "store/sqlite/sqlite_session_store.hpp"
#include "tests/fakes/fake_session_store.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::store {
namespace {

class SqliteFixture final : public StoreFixture {
 public:
  SqliteFixture() {
    auto opened = open_sqlite_store({.path = folder_.file("tollgate.db")});
    if (!opened) throw std::runtime_error(opened.error().message + " " + opened.error().detail);
    store_ = *std::move(opened);
  }
  SessionStore& store() override { return *store_; }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<SessionStore> store_;
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
INSTANTIATE_TEST_SUITE_P(Fake, SessionStoreContract, testing::Values(&open_fixture<FakeFixture>));

}  // namespace
}  // namespace tollgate::store
