// The client: batches, types, errors, deadlines.
#include <boost/asio/steady_timer.hpp>

#include "store/postgres/pg_connection.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/run_async.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;

class PgConnectionTest : public testing::Test {
 protected:
  // Opens a connection and runs the batches one after the other, all on one executor.
  base::Result<std::vector<PgResult>> run(std::vector<PgBatch> batches,
                                          std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    return test::run(run_all(std::move(batches), limit));
  }
  base::Result<std::vector<PgResult>> run(PgBatch batch, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    return run(std::vector{std::move(batch)}, limit);
  }

  Async<std::vector<PgResult>> run_all(std::vector<PgBatch> batches, std::chrono::milliseconds limit) {
    target_ = test::value_of(read_target(config_));
    auto opened = co_await PgConnection::open(target_, config_.pooler, std::chrono::steady_clock::now() + limit);
    if (!opened) co_return std::unexpected(opened.error());
    auto& db = **opened;
    db.set_deadline(std::chrono::steady_clock::now() + limit);
    base::Result<std::vector<PgResult>> last;
    for (auto& batch : batches) {
      last = co_await db.run(std::move(batch));
      failure_ = db.failure();
      is_open_ = db.is_open();
      in_transaction_ = db.in_transaction();
    }
    co_return last;
  }

  PostgresConfig config_{.url = SharedPostgres::server().url()};
  PgTarget target_;
  PgFailure failure_;
  bool is_open_ = false;
  bool in_transaction_ = false;
};

TEST_F(PgConnectionTest, RunsABatchInOrder) {
  const auto results = run(PgBatch().add("SELECT 1::bigint").add("SELECT 2::int"));
  ASSERT_TRUE(results) << results.error().message << results.error().detail;
  ASSERT_EQ(results->size(), 2u);
  EXPECT_EQ((*results)[0].front().integer(0), 1);
  EXPECT_EQ((*results)[1].front().integer(0), 2);
}

}  // namespace
}  // namespace tollgate::store
