// The client: batches, types, errors, deadlines.
#include <limits>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "store/postgres/pg_connection.hpp"
#include "tests/store/driven_context.hpp"
#include "tests/store/postgres_fixture.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;
using namespace std::chrono_literals;

class PgConnectionTest : public testing::Test {
 protected:
  static net::Deadline in(std::chrono::milliseconds length) { return std::chrono::steady_clock::now() + length; }

  base::Result<std::unique_ptr<PgConnection>> try_to_open(std::chrono::milliseconds limit = 20s) {
    target_ = test::value_of(read_target(config_));
    return context_.run(PgConnection::open(target_, config_.pooler, in(limit)));
  }
  PgConnection& db() {
    if (!connection_) connection_ = test::value_of(try_to_open());
    return *connection_;
  }
  base::Result<std::vector<PgResult>> run(PgBatch batch) { return context_.run(db().run(std::move(batch))); }
  std::int64_t integer(std::string_view sql) { return test::value_of(run(PgBatch().add(sql)))[0].front().integer(0); }

  test::DrivenContext context_;
  PostgresConfig config_{.url = SharedPostgres::server().url()};
  PgTarget target_;
  std::unique_ptr<PgConnection> connection_;
};

TEST_F(PgConnectionTest, RunsABatchInOrder) {
  const auto results = run(PgBatch().add("SELECT 1::bigint").add("SELECT 2::int").add("SELECT -3::smallint"));
  ASSERT_TRUE(results) << results.error().message << results.error().detail;
  ASSERT_EQ(results->size(), 3u);
  EXPECT_EQ((*results)[0].front().integer(0), 1);
  EXPECT_EQ((*results)[1].front().integer(0), 2);
  EXPECT_EQ((*results)[2].front().integer(0), -3);
  EXPECT_TRUE(run({}));
}

TEST_F(PgConnectionTest, CarriesEveryTypeThereAndBack) {
  const auto uuid = base::Uuid::make(base::Timestamp{}, test::system_random());
  const auto digest = base::Sha256::of("x");
  const std::string bytes("\0\xff\x7f", 3);
  const auto results = run(PgBatch().add("SELECT $1, $2, $3, $4, $5, $6, $7, $8::bigint IS NULL",
                                         std::numeric_limits<std::int64_t>::min(), std::string_view(), "Ärztin 🩺",
                                         PgBytes{bytes}, digest, uuid, true, std::optional<std::int64_t>()));
  ASSERT_TRUE(results) << results.error().detail;
  const auto row = (*results)[0].front();
  EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row.text(1), "");
  EXPECT_FALSE(row.is_null(1));
  EXPECT_EQ(row.text(2), "Ärztin 🩺");
  EXPECT_EQ(row.bytes(3), bytes);
  EXPECT_EQ(row.digest(4), digest);
  EXPECT_EQ(row.uuid(5), uuid);
  EXPECT_TRUE(row.boolean(6));
  EXPECT_TRUE(row.boolean(7));
}

TEST_F(PgConnectionTest, CarriesArraysWithNullsAndWithoutElements) {
  const std::vector<std::optional<std::int64_t>> numbers{1, std::nullopt, -1};
  const std::vector<std::string> texts{"a", "", "with, comma and \"quote\""};
  const auto results =
      run(PgBatch()
              .add("SELECT n, t FROM unnest($1, $2) WITH ORDINALITY AS x (n, t, i) ORDER BY i", numbers, texts)
              .add("SELECT cardinality($1), cardinality($2)", std::vector<std::string>(), std::vector<base::Sha256>()));
  ASSERT_TRUE(results) << results.error().detail;
  const auto& rows = (*results)[0];
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows.row(0).integer(0), 1);
  EXPECT_TRUE(rows.row(1).is_null(0));
  EXPECT_EQ(rows.row(2).integer(0), -1);
  EXPECT_EQ(rows.row(1).text(1), "");
  EXPECT_EQ(rows.row(2).text(1), texts[2]);
  EXPECT_EQ((*results)[1].front().integer(0), 0);
  EXPECT_EQ((*results)[1].front().integer(1), 0);
}

TEST_F(PgConnectionTest, UndoesABatchOfWhichOneStatementFails) {
  ASSERT_TRUE(run(PgBatch().add("CREATE TEMPORARY TABLE t (n bigint CONSTRAINT n_is_one UNIQUE)")));
  const auto failed = run(PgBatch()
                              .add("INSERT INTO t VALUES ($1)", std::int64_t{1})
                              .add("INSERT INTO t VALUES ($1)", std::int64_t{1})
                              .add("INSERT INTO t VALUES (2)"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(db().failure().sqlstate, kUniqueViolation);
  EXPECT_EQ(db().failure().constraint, "n_is_one");
  EXPECT_NE(failed.error().detail.find("INSERT INTO t"), std::string::npos);
  EXPECT_TRUE(db().is_open());
  EXPECT_FALSE(db().in_transaction());
  EXPECT_EQ(integer("SELECT count(*) FROM t"), 0);
}

TEST_F(PgConnectionTest, StaysInATransactionUntilItIsEnded) {
  ASSERT_TRUE(run(PgBatch().add("BEGIN")));
  EXPECT_TRUE(db().in_transaction());
  EXPECT_FALSE(run(PgBatch().add("SELECT 1 / 0")));
  EXPECT_TRUE(db().in_transaction());
  ASSERT_TRUE(run(PgBatch().add("ROLLBACK")));
  EXPECT_FALSE(db().in_transaction());
}

constexpr std::string_view kCountPrepared = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 't%'";

TEST_F(PgConnectionTest, PreparesAStatementOnce) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(integer(kCountPrepared), 1);
  EXPECT_FALSE(run(PgBatch().add("SELECT nothing FROM nowhere")));
  EXPECT_FALSE(run(PgBatch().add("SELECT 1 / 0").add("SELECT 'not run'")));  // the first is prepared, and fails
  EXPECT_EQ(integer(kCountPrepared), 2);
  EXPECT_TRUE(run(PgBatch().add("SELECT 'not run'")));
}

TEST_F(PgConnectionTest, PreparesAgainWhatTheServerHasForgotten) {
  EXPECT_EQ(integer("SELECT 7"), 7);
  ASSERT_TRUE(run(PgBatch().add("DEALLOCATE ALL")));
  EXPECT_EQ(integer("SELECT 7"), 7);
}

TEST_F(PgConnectionTest, LeavesItToTheCallerWhenAStatementIsForgottenWithinATransaction) {
  EXPECT_EQ(integer("SELECT 7"), 7);
  ASSERT_TRUE(run(PgBatch().add("BEGIN").add("DEALLOCATE ALL")));
  EXPECT_FALSE(run(PgBatch().add("SELECT 7")));
  EXPECT_TRUE(is_transient(db().failure().sqlstate));
  ASSERT_TRUE(run(PgBatch().add("ROLLBACK")));
  EXPECT_EQ(integer("SELECT 7"), 7);
}

// A table whose rows are nearly all of one group: the server would rather plan for each group than once.
TEST_F(PgConnectionTest, PlansOnceUnlessItIsToldThatThePlanDependsOnTheValues) {
  ASSERT_TRUE(
      run(PgBatch()
              .add("CREATE TEMPORARY TABLE skewed AS SELECT CASE WHEN n % 10000 = 0 THEN n ELSE 0 END AS kind, n "
                   "FROM generate_series(1, 20000) AS n")
              .add("CREATE INDEX ON skewed (kind)")
              .add("ANALYZE skewed")));
  constexpr std::string_view kRare = "SELECT count(*) FROM skewed WHERE kind = $1";
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(run(PgBatch().add(kRare, std::int64_t{10'000})));
  EXPECT_EQ(integer("SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE '%FROM skewed%'"), 0);

  const auto plan_of = [&](PgBatch batch) {
    const auto results = test::value_of(run(std::move(batch)));
    EXPECT_EQ(results.size(), 1U);
    return std::string(results[0].front().text(0));
  };
  PgParameters rare;
  rare.add(std::int64_t{10'000});
  PgParameters frequent;
  frequent.add(std::int64_t{0});
  constexpr std::string_view kExplain = "EXPLAIN SELECT n FROM skewed WHERE kind = $1";
  EXPECT_NE(plan_of(PgBatch().add_planned_afresh(kExplain, rare)).find("Index Scan"), std::string::npos);
  EXPECT_NE(plan_of(PgBatch().add_planned_afresh(kExplain, frequent)).find("Seq Scan"), std::string::npos);
  EXPECT_EQ(test::value_of(run(PgBatch().add("SHOW plan_cache_mode")))[0].front().text(0), "force_generic_plan");
}

TEST_F(PgConnectionTest, PreparesNothingBehindAPooler) {
  config_.pooler = PostgresPooler::kTransactions;
  EXPECT_EQ(integer("SELECT 1"), 1);
  EXPECT_EQ(integer(kCountPrepared), 0);
}

// More than both socket buffers hold, in both directions: whoever only wrote, or only read, would hang.
TEST_F(PgConnectionTest, SendsAndReceivesMoreThanTheBuffersHold) {
  const std::string large(4'000'000, 'x');
  PgBatch batch;
  for (int i = 0; i < 8; ++i) batch.add("SELECT $1", large);
  const auto results = run(std::move(batch));
  ASSERT_TRUE(results) << results.error().message;
  ASSERT_EQ(results->size(), 8u);
  EXPECT_EQ((*results)[7].front().text(0), large);
}

TEST_F(PgConnectionTest, ClosesAtTheDeadline) {
  db().set_deadline(in(200ms));
  const auto late = run(PgBatch().add("SELECT pg_sleep(20)"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_FALSE(db().is_open());
  const auto after = run(PgBatch().add("SELECT 1"));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::kUnavailable);
}

TEST_F(PgConnectionTest, ClosesWhenItIsCancelled) {
  db();
  boost::asio::cancellation_signal signal;
  std::optional<base::Result<std::vector<PgResult>>> reply;
  boost::asio::co_spawn(context_.executor(), db().run(PgBatch().add("SELECT pg_sleep(20)")),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](const std::exception_ptr&, base::Result<std::vector<PgResult>> result) {
                              reply = std::move(result);
                            }));
  context_.run_for(50ms);
  signal.emit(boost::asio::cancellation_type::terminal);
  context_.run_for(50ms);
  ASSERT_TRUE(reply);
  ASSERT_FALSE(*reply);
  EXPECT_EQ(reply->error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(db().is_open());
}

TEST_F(PgConnectionTest, NoticesThatTheServerEndsIt) {
  db();
  EXPECT_FALSE(db().has_unasked_input());
  SharedPostgres::server().execute(fmt::format("SELECT pg_terminate_backend({}, 10000)", db().server_process()));
  EXPECT_TRUE(db().has_unasked_input());
  const auto lost = run(PgBatch().add("SELECT 1"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(db().failure().connection_lost);
}

TEST_F(PgConnectionTest, LetsTheServerStopAStatementThatTakesTooLong) {
  config_.statement_timeout = 100ms;
  const auto stopped = run(PgBatch().add("SELECT pg_sleep(20)"));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kTimeout);
  EXPECT_NE(stopped.error().message.find("database_statement_timeout_seconds"), std::string::npos);
  EXPECT_TRUE(db().is_open());
}

TEST_F(PgConnectionTest, SetsItsTimeoutsButNotThoseTheUrlSets) {
  config_.lock_timeout = 1'234ms;
  config_.url += "?options=-c%20statement_timeout%3D4321";
  EXPECT_EQ(integer("SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'"), 1'234);
  EXPECT_EQ(integer("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'"), 4'321);
}

TEST_F(PgConnectionTest, TriesTheHostsInTurn) {
  const auto port = SharedPostgres::server().port();
  config_.url =
      fmt::format("postgres://tollgate:s3cret-word@127.0.0.1:{},localhost:{}/postgres", fakes::free_port(), port);
  EXPECT_EQ(integer("SELECT 5"), 5);
}

TEST_F(PgConnectionTest, TakesASocketFolder) {
  const auto& server = SharedPostgres::server();
  config_.url = fmt::format("postgres:///postgres?host={}&port={}&user=tollgate", server.folder(), server.port());
  EXPECT_EQ(integer("SELECT 5"), 5);
}

struct Refusal {
  std::string url;
  std::string cure;
};

TEST_F(PgConnectionTest, SaysWhatToDoAboutARefusalWithoutThePassword) {
  const auto port = SharedPostgres::server().port();
  const auto closed = fakes::free_port();
  for (const auto& [url, cure] : std::vector<Refusal>{
           {fmt::format("postgres://tollgate:wrong-word@127.0.0.1:{}/postgres", port), "pg_hba.conf"},
           {fmt::format("postgres://tollgate:s3cret-word@127.0.0.1:{}/nowhere", port), "createdb"},
           {fmt::format("postgres://tollgate:s3cret-word@127.0.0.1:{}/postgres", closed), "is PostgreSQL running"},
           {"postgres://tollgate:s3cret-word@no-such-host.invalid/postgres", "check its spelling"}}) {
    config_.url = url;
    const auto refused = try_to_open();
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable) << refused.error().message;
    const auto told = refused.error().message + refused.error().detail;
    EXPECT_NE(told.find(cure), std::string::npos) << told;
    EXPECT_EQ(told.find("-word"), std::string::npos) << told;
  }
}

TEST_F(PgConnectionTest, RefusesAUrlItCannotReadWithoutRepeatingIt) {
  for (const char* url : {"postgres://tollgate:s3cret-word%zz@host/x", "postgres://[::1/x?password=s3cret-word",
                          "postgres://host/x?s3cret-word=1"}) {
    const auto refused = read_target({.url = url});
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ((refused.error().message + refused.error().detail).find("s3cret"), std::string::npos);
  }
  EXPECT_EQ(read_target({.url = "postgres://ann:s3cret-word@db:6543/reviews?sslmode=require"})->place,
            "postgres://ann@db:6543/reviews");
}

}  // namespace
}  // namespace tollgate::store
