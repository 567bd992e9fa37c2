#include "store/sqlite/sqlite_session_store.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/process_identity.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/lease_rows.hpp"
#include "tests/store/run_async.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using Record = base::Value::Record;

class SqliteSessionStoreTest : public testing::Test {
 protected:
  void open(SqliteConfig config) {
    store_.reset();
    auto opened = open_sqlite_store(std::move(config));
    ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    store_ = *std::move(opened);
  }
  void open() { open({.path = path_}); }

  base::SessionId create() {
    EXPECT_TRUE(test::run(store_->save_protocol({hash_, "demo", "1", "Demo", "{}"})));
    const auto id = base::SessionId::make(base::SystemClock().now(), random_);
    auto made = test::run(store_->create_session({.row = {.id = id,
                                                          .title = "T",
                                                          .owner = "local",
                                                          .protocol_hash = hash_,
                                                          .protocol_id = "demo",
                                                          .settings = Record{}},
                                                  .idempotency_key = id.to_string(),
                                                  .event_body = Record{}}));
    EXPECT_TRUE(made) << made.error().message << " " << made.error().detail;
    return id;
  }

  base::Result<std::vector<AppendedInput>> append(base::SessionId id, std::string key, base::Value body = "x") {
    return test::run(store_->append_inputs(id, {{.entry = {.kind = "answer", .subject = "q", .body = std::move(body)},
                                                 .idempotency_key = std::move(key),
                                                 .event_type = "answer.submitted",
                                                 .event_body = Record{}}}));
  }

  ErrorCode open_error(const std::string& path) {
    auto opened = open_sqlite_store({.path = path});
    EXPECT_FALSE(opened);
    if (opened) return ErrorCode::kInternal;
    EXPECT_NE(opened.error().message.find(path), std::string::npos) << opened.error().message;
    return opened.error().code;
  }

  base::SystemRandom random_;
  const base::Sha256 hash_ = base::Sha256::of("{}");
  test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("data/tollgate.db");
  std::unique_ptr<SessionStore> store_;
};

// As the first three migrations left it.
TEST_F(SqliteSessionStoreTest, KeepsTheInputsOfADatabaseMadeBeforeKeysHadAnEnd) {
  ASSERT_TRUE(create_database_file(path_));
  {
    auto connection = open_database(path_);
    ASSERT_TRUE(connection);
    SqliteMigrationTarget target(**connection);
    ASSERT_TRUE(migrate_up(target, sqlite_migration_files().first(3)));
    ASSERT_TRUE((*connection)->execute("INSERT INTO protocol VALUES (?, 'demo', '1', 'Demo', '{}')", hash_));
    ASSERT_TRUE(
        (*connection)
            ->execute_script("INSERT INTO session SELECT 1, '01935860-0000-7000-8000-000000000001', 'T', 'local', 's', "
                             "hash, 'demo', 'open', "
                             "'', NULL, NULL, 0, 0, 1 FROM protocol; INSERT INTO session_settings VALUES (1, '{}');"
                             "INSERT INTO input VALUES (1, 'answer', 'q', 1, 'k1', 0, '\"x\"')"));
  }
  open();
  const auto id = *base::SessionId::parse("01935860-0000-7000-8000-000000000001");
  EXPECT_TRUE(append(id, "k1")->at(0).replayed);
  EXPECT_EQ(append(id, "k2", "y")->at(0).version, 2);
  EXPECT_EQ(test::run(store_->load(id))->inputs.size(), 2U);
}

TEST_F(SqliteSessionStoreTest, MakesItsFileAndFolderForItsOwnerOnly) {
  open();
  create();
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((path_ + "-wal").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder_.file("data").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(SqliteSessionStoreTest, FindsEverythingAgainAfterReopening) {
  open();
  const auto id = create();
  ASSERT_TRUE(append(id, "k1"));
  open();
  const auto record = test::run(store_->load(id));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->inputs.size(), 1u);
  EXPECT_TRUE(append(id, "k1")->at(0).replayed);
  EXPECT_EQ(append(id, "k2")->at(0).version, 2);
}

TEST_F(SqliteSessionStoreTest, LetsTwoStoresShareAFile) {
  open();
  const auto id = create();
  auto other = *open_sqlite_store({.path = path_});
  ASSERT_TRUE(append(id, "k1"));
  EXPECT_EQ(test::run(other->load(id))->inputs.size(), 1u);
}

TEST_F(SqliteSessionStoreTest, IsMadeOnceWhenManyOpenANewFileAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      auto opened = open_sqlite_store({.path = path_});
      EXPECT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sqlite_migration_status({.path = path_})->pending.size(), 0u);
}

TEST_F(SqliteSessionStoreTest, ServesCallersOnManyThreads) {
  open();
  const auto id = create();
  boost::asio::thread_pool pool(4);
  std::vector<std::future<base::Result<std::vector<AppendedInput>>>> replies;
  for (int i = 0; i < 200; ++i) {
    std::vector<NewInput> inputs{{.entry = {.kind = "answer", .subject = "q", .body = i},
                                  .idempotency_key = fmt::format("k{}", i),
                                  .event_type = "answer.submitted",
                                  .event_body = Record{}}};
    replies.push_back(
        boost::asio::co_spawn(pool, store_->append_inputs(id, std::move(inputs)), boost::asio::use_future));
  }
  for (auto& reply : replies) EXPECT_TRUE(reply.get());
  pool.join();
  EXPECT_EQ(test::run(store_->load(id))->inputs.size(), 200u);
}

TEST_F(SqliteSessionStoreTest, SaysThatSpaceIsOutAndGoesOnReading) {
  open({.path = path_, .max_page_count = 80});
  const auto id = create();
  const std::string body(20'000, 'x');
  int stored = 0;
  base::Result<std::vector<AppendedInput>> last;
  for (; stored < 100; ++stored) {
    last = append(id, fmt::format("k{}", stored), body);
    if (!last) break;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, ErrorCode::kNoSpace);
  EXPECT_NE(last.error().message.find(path_), std::string::npos);
  EXPECT_NE(last.error().message.find("nothing was written"), std::string::npos);
  EXPECT_GT(stored, 0);

  const auto record = test::run(store_->load(id));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->inputs.size(), static_cast<std::size_t>(stored));
  EXPECT_EQ(record->row.head_seq, stored + 1);
  EXPECT_TRUE(test::run(store_->remove(id)));  // which makes room
  EXPECT_TRUE(append(create(), "k", body));
}

TEST_F(SqliteSessionStoreTest, RefusesAFileThatIsNoDatabase) {
  const auto path = folder_.file("notes.txt");
  std::ofstream(path) << std::string(10'000, 'n');
  EXPECT_EQ(open_error(path), ErrorCode::kCorrupt);
}

TEST_F(SqliteSessionStoreTest, RefusesTheDatabaseOfAnotherProgram) {
  const auto path = folder_.file("other.db");
  std::ofstream(path).close();
  auto db = *Connection::open(path, Connection::Access::kReadWrite);
  ASSERT_TRUE(db->execute("CREATE TABLE theirs (x)"));
  EXPECT_EQ(open_error(path), ErrorCode::kInvalidArgument);
}

TEST_F(SqliteSessionStoreTest, ReportsADamagedFileByName) {
  open();
  const auto id = create();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(id, fmt::format("k{}", i), std::string(3'000, 'x')));
  store_.reset();
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path_));
    file.seekp(4096);  // behind the header page
    file << std::string(static_cast<std::size_t>(size - 4096), '\x5a');
  }
  auto opened = open_sqlite_store({.path = path_});
  base::Error error;
  if (opened) {
    auto record = test::run((*opened)->load(id));
    ASSERT_FALSE(record);
    error = record.error();
  } else {
    error = opened.error();
  }
  EXPECT_EQ(error.code, ErrorCode::kCorrupt) << error.message << error.detail;
  EXPECT_NE(error.message.find(path_), std::string::npos);
  EXPECT_NE(error.message.find("restore a backup"), std::string::npos);
}

TEST_F(SqliteSessionStoreTest, RefusesASchemaThatIsNewerThanTheProgram) {
  open();
  store_.reset();
  auto db = *Connection::open(path_, Connection::Access::kReadWrite);
  ASSERT_TRUE(db->execute("INSERT INTO schema_migration VALUES (9, '0009_future.sql', ?, 0)", hash_));
  EXPECT_EQ(open_error(path_), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(sqlite_migration_status({.path = path_}).error().code, ErrorCode::kPreconditionFailed);
}

TEST_F(SqliteSessionStoreTest, ShowsAndAppliesMigrationsForTheCommandLine) {
  EXPECT_EQ(sqlite_migration_status({.path = path_}).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(migrate_sqlite({.path = path_}));
  const auto status = sqlite_migration_status({.path = path_});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->current, status->latest);
  EXPECT_TRUE(status->pending.empty());
}

TEST_F(SqliteSessionStoreTest, UndoesAMigrationThatFailsHalfWay) {
  open();
  store_.reset();
  auto db = *Connection::open(path_, Connection::Access::kReadWrite);
  SqliteMigrationTarget target(*db);
  const int next = static_cast<int>(sqlite_migration_files().size()) + 1;
  const Migration broken{next, "broken.sql", hash_, "CREATE TABLE half (x); CREATE TABLE half (x);"};
  EXPECT_FALSE(target.apply(broken));
  auto tables = *db->query("SELECT count(*) FROM sqlite_schema WHERE name = 'half'");
  ASSERT_TRUE(*tables.step());
  EXPECT_EQ(tables.integer(0), 0);
}

TEST_F(SqliteSessionStoreTest, ExplainsAPlaceItMayNotUse) {
  EXPECT_FALSE(open_sqlite_store({.path = ""}));
  EXPECT_FALSE(open_sqlite_store({.path = ":memory:"}));
  EXPECT_FALSE(open_sqlite_store({.path = "file:x.db"}));
  EXPECT_FALSE(open_sqlite_store({.path = path_, .readers = 0}));
  EXPECT_EQ(open_error("/proc/tollgate.db"), ErrorCode::kUnavailable);
  EXPECT_EQ(open_error("/proc"), ErrorCode::kUnavailable);
}

// What the store lists must be served by an index alone, whatever the filter.
TEST_F(SqliteSessionStoreTest, ListsFromAnIndexAlone) {
  open();
  auto db = *Connection::open(path_, Connection::Access::kReadOnly);
  const std::string columns =
      "id, title, owner, protocol_hash, protocol_id, status, decision, origin_session, origin_checkpoint, created_at, "
      "updated_at, head_seq";
  for (const std::string_view filter : {"TRUE", "TRUE AND owner = 'a'", "TRUE AND status = 'open'",
                                        "TRUE AND owner = 'a' AND title LIKE '%x%' AND (updated_at, id) < (5, 'x')",
                                        "TRUE AND (updated_at, id) < (5, 'x')"}) {
    auto plan =
        *db->query(fmt::format("EXPLAIN QUERY PLAN SELECT {} FROM session WHERE {} "
                               "ORDER BY updated_at DESC, id DESC LIMIT 51",
                               columns, filter));
    ASSERT_TRUE(*plan.step());
    EXPECT_NE(plan.text(3).find("COVERING INDEX"), std::string_view::npos) << plan.text(3);
    EXPECT_FALSE(*plan.step()) << plan.text(3);  // no sorting
  }
}

TEST(ProcessIdentity, TellsAnEndedProcessFromALivingOne) {
  const auto self = this_process();
  ASSERT_FALSE(self.host.empty());
  EXPECT_FALSE(has_ended(self, self));

  auto reused = self;
  reused.start -= 1;
  EXPECT_TRUE(has_ended(reused, self));

  auto elsewhere = reused;
  elsewhere.host = "another machine";
  EXPECT_FALSE(has_ended(elsewhere, self));

  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  auto zombie = self;
  zombie.pid = child;
  EXPECT_TRUE(has_ended(zombie, self));
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(has_ended(zombie, self));
}

TEST_F(SqliteSessionStoreTest, TakesTheLeaseOfAnEndedProcessAtOnce) {
  open();
  const auto id = create();
  auto db = *Connection::open(path_, Connection::Access::kReadWrite);
  auto ended = this_process();
  ended.start -= 1;
  const auto now = base::SystemClock().now();
  const auto theirs = base::BootId::make(now, random_);
  const auto old = take_lease(*db, {id, "S1", theirs, std::chrono::hours(1), ended}, now);
  ASSERT_TRUE(old);
  const auto taken =
      test::run(store_->acquire_lease(id, "S1", base::BootId::make(now, random_), std::chrono::milliseconds(60'000)));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_GT(taken->fence, old->fence);

  auto elsewhere = ended;
  elsewhere.host = "another machine";
  ASSERT_TRUE(take_lease(*db, {id, "S2", theirs, std::chrono::hours(1), elsewhere}, now));
  EXPECT_FALSE(
      test::run(store_->acquire_lease(id, "S2", base::BootId::make(now, random_), std::chrono::milliseconds(60'000))));
}

}  // namespace
}  // namespace tollgate::store
