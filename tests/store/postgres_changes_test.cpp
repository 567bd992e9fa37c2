// Hints across processes: heard soon, never from oneself, and not needed.
#include <condition_variable>
#include <mutex>

#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using namespace std::chrono_literals;
using test::SharedPostgres;

// What a listener was told.
class Ear {
 public:
  ChangeListener listener() {
    return [this](const std::optional<base::SessionId>& session) {
      const std::lock_guard lock(mutex_);
      ++(session ? heard_[session->to_string()] : any_);
      told_.notify_all();
    };
  }
  bool hears(const base::SessionId& session, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, limit, [&] { return heard_[session.to_string()] > 0; });
  }
  bool hears_of_any(int times, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, limit, [&] { return any_ >= times; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::map<std::string, int> heard_;
  int any_ = 0;
};

class PostgresChangesTest : public testing::Test {
 protected:
  // How often somebody has begun to listen.
  static int listens() {
    return std::stoi(SharedPostgres::server().execute(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
        "WHERE d.datname = 'changes' AND query LIKE 'LISTEN%'",
        "changes"));
  }

  PostgresChangesTest() {
    SharedPostgres::server().execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "changes");
  }

  Ear ear_;
  const std::string url_ = SharedPostgres::empty_database("changes");
};

TEST_F(PostgresChangesTest, AreHeardByOthersAtOnceAndNotByTheOneWhoMadeThem) {
  test::PostgresStores writer({.url = url_});
  test::PostgresStores reader({.url = url_});
  Ear own;
  reader.database->listen(ear_.listener());
  writer.database->listen(own.listener());
  ASSERT_TRUE(ear_.hears_of_any(2, 10s));  // it listens, and has looked once
  ASSERT_TRUE(own.hears_of_any(2, 10s));
  const auto start = std::chrono::steady_clock::now();
  const auto session = test::create_session(*writer.sessions);
  EXPECT_TRUE(ear_.hears(session, 10s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s) << "found by looking, not by the notification";
  EXPECT_FALSE(own.hears(session, 50ms));
}

TEST_F(PostgresChangesTest, AreFoundBehindAPoolerToo) {
  test::PostgresStores writer({.url = url_});
  test::PostgresStores reader({.url = url_, .pooler = PostgresPooler::kTransactions});
  const auto known = test::create_session(*writer.sessions);
  const auto before = listens();
  reader.database->listen(ear_.listener());
  ASSERT_TRUE(ear_.hears_of_any(1, 10s));
  EXPECT_EQ(listens(), before);
  ASSERT_TRUE(test::append(*writer.sessions, known, test::answer("q", "x", "k")));
  EXPECT_TRUE(ear_.hears(known, 10s));
}

TEST_F(PostgresChangesTest, AreHeardAgainAfterTheConnectionWasLost) {
  test::PostgresStores writer({.url = url_});
  test::PostgresStores reader({.url = url_});
  reader.database->listen(ear_.listener());
  ASSERT_TRUE(ear_.hears_of_any(2, 10s));
  SharedPostgres::server().execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'changes' "
      "AND query LIKE '%FROM session_state%updated_at >%' AND pid <> pg_backend_pid()");
  ASSERT_TRUE(ear_.hears_of_any(3, 10s)) << "what was said meanwhile must be asked for";
  EXPECT_TRUE(ear_.hears(test::create_session(*writer.sessions), 10s));
}

// A server without changes wakes nobody, however often it looks.
TEST_F(PostgresChangesTest, AreNotToldOfWhenThereAreNone) {
  test::PostgresStores reader({.url = url_});
  reader.database->listen(ear_.listener());
  ASSERT_TRUE(ear_.hears_of_any(2, 10s));
  EXPECT_FALSE(ear_.hears_of_any(3, 4s)) << "told by the second look, though there is no session";
}

}  // namespace
}  // namespace tollgate::store
