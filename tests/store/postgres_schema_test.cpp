// Migrations on a real server: once each, one process at a time, and nothing of a schema that is not ours.
#include "store/postgres/postgres_schema.hpp"

#include <array>
#include <thread>

#include <libpq-fe.h>

#include "tests/store/postgres_fixture.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;

class PostgresSchema : public testing::Test {
 protected:
  void SetUp() override {
    auto& server = SharedPostgres::server();
    server.execute("DROP DATABASE IF EXISTS schema_test");
    server.execute("CREATE DATABASE schema_test");
    config_.url = server.url("schema_test");
  }
  static std::string execute(const std::string& sql) { return SharedPostgres::server().execute(sql, "schema_test"); }

  PostgresConfig config_;
};

TEST_F(PostgresSchema, IsMadeOnceAndRecorded) {
  const auto before = postgres_migration_status(config_);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(before->current, 0);
  EXPECT_EQ(execute("SELECT to_regclass('schema_migration') IS NULL"), "t") << "the status changed something";
  const auto refused = check_postgres_schema(config_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
  EXPECT_NE(refused.error().message.find("tollgate migrate up"), std::string::npos);

  for (int i = 0; i < 2; ++i) {
    const auto done = migrate_postgres(config_);
    ASSERT_TRUE(done) << done.error().message << done.error().detail;
    EXPECT_TRUE(done->pending.empty());
  }
  EXPECT_EQ(execute("SELECT count(*) FROM schema_migration"), std::to_string(postgres_migration_files().size()));
  EXPECT_TRUE(check_postgres_schema(config_));
}

TEST_F(PostgresSchema, IsMadeOnceByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([this] {
      const auto done = migrate_postgres(config_);
      EXPECT_TRUE(done) << done.error().message << done.error().detail;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(execute("SELECT count(*) FROM schema_migration"), std::to_string(postgres_migration_files().size()));
}

TEST_F(PostgresSchema, IsNotUsedWhenItIsNewerOrMadeFromOtherFiles) {
  ASSERT_TRUE(migrate_postgres(config_));
  execute("INSERT INTO schema_migration VALUES (99, '0099_future.sql', decode(repeat('00', 32), 'hex'), 0)");
  for (const auto& refused : {migrate_postgres(config_), postgres_migration_status(config_)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
    EXPECT_NE(refused.error().message.find("start a newer tollgate"), std::string::npos);
  }
  EXPECT_FALSE(PostgresDatabase::open(config_, test::system_random()));
  execute("DELETE FROM schema_migration WHERE version = 99");
  execute("UPDATE schema_migration SET checksum = decode(repeat('00', 32), 'hex') WHERE version = 1");
  const auto altered = migrate_postgres(config_);
  ASSERT_FALSE(altered);
  EXPECT_NE(altered.error().message.find("0001_initial.sql"), std::string::npos);
}

// A server that began before `migrate up` goes on; one that starts must find what it was built for.
TEST_F(PostgresSchema, IsNotUsedWhenItIsOlder) {
  const auto files = postgres_migration_files();
  ASSERT_TRUE(migrate_postgres(config_, files.first(files.size() - 1)));
  const auto refused = PostgresDatabase::open(config_, test::system_random());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
  EXPECT_NE(refused.error().message.find(fmt::format("version {}, this program needs {}: run `tollgate migrate up`",
                                                     files.size() - 1, files.size())),
            std::string::npos)
      << refused.error().message;
  ASSERT_TRUE(migrate_postgres(config_));
  EXPECT_TRUE(PostgresDatabase::open(config_, test::system_random()));
}

TEST_F(PostgresSchema, LeavesNothingOfAMigrationThatFails) {
  execute("CREATE TABLE lease (x int)");  // in the way of the last statement of the first migration
  const auto failed = migrate_postgres(config_);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("0001_initial.sql"), std::string::npos);
  EXPECT_EQ(execute("SELECT to_regclass('session') IS NULL AND to_regclass('schema_migration') IS NULL"), "t");
}

// Fails closed: better no migration than two at once.
TEST_F(PostgresSchema, WaitsForAnotherMigrationAndGivesUpInTheEnd) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other(PQconnectdb(config_.url.c_str()), &PQfinish);
  PQclear(PQexec(other.get(), "BEGIN; SELECT pg_advisory_xact_lock(8390043843661231205)"));
  auto impatient = config_;
  impatient.migration_lock_timeout = std::chrono::milliseconds(200);
  const auto refused = migrate_postgres(impatient);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find("another process is migrating"), std::string::npos) << refused.error().message;
  EXPECT_EQ(execute("SELECT to_regclass('session') IS NULL"), "t");
  PQclear(PQexec(other.get(), "COMMIT"));
  EXPECT_TRUE(migrate_postgres(impatient));
}

TEST_F(PostgresSchema, TakesMigrationsThatNeedToRunWithoutATransaction) {
  const EmbeddedFile table{"0001_table.sql", "CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL);\n"};
  const EmbeddedFile index{"0002_index.sql",
                           "-- Without a transaction\nDROP INDEX IF EXISTS things_by_name;\n"
                           "CREATE INDEX CONCURRENTLY things_by_name ON things (name);\n"};
  const std::array files{table, index};
  // Without being told so, PostgreSQL refuses it.
  const EmbeddedFile silent{"0002_index.sql", index.content.substr(index.content.find('\n') + 1)};
  EXPECT_FALSE(migrate_postgres(config_, std::array{table, silent}));
  EXPECT_EQ(execute("SELECT max(version) FROM schema_migration"), "1");
  for (int i = 0; i < 2; ++i) {
    const auto done = migrate_postgres(config_, files);
    ASSERT_TRUE(done) << done.error().message << done.error().detail;
  }
  EXPECT_EQ(execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'things_by_name'::regclass"), "t");
  EXPECT_EQ(execute("SELECT count(*) FROM schema_migration"), "2");
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other(PQconnectdb(config_.url.c_str()), &PQfinish);
  PQclear(PQexec(other.get(), "BEGIN; SELECT pg_advisory_xact_lock(8390043843661231205)"));
  auto impatient = config_;
  impatient.migration_lock_timeout = std::chrono::milliseconds(100);
  const EmbeddedFile again{"0003_again.sql", "-- Without a transaction\nREINDEX INDEX CONCURRENTLY things_by_name;\n"};
  EXPECT_FALSE(migrate_postgres(impatient, std::array{table, index, again}));
}

TEST_F(PostgresSchema, NeedsADatabaseInUtf8) {
  SharedPostgres::server().execute("DROP DATABASE IF EXISTS latin");
  SharedPostgres::server().execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const auto refused = migrate_postgres({.url = SharedPostgres::server().url("latin")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
  EXPECT_NE(refused.error().message.find("--encoding=UTF8"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::store
