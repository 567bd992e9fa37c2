// The pool: turns, reuse, replacement, and a server that is away for a while.
#include "store/postgres/pg_pool.hpp"
#include "tests/store/driven_context.hpp"
#include "tests/store/postgres_fixture.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;
using namespace std::chrono_literals;
using Lease = base::Result<PgPool::Lease>;

class PgPoolTest : public testing::Test {
 protected:
  PgPool& pool() {
    if (!pool_) {
      target_ = test::value_of(read_target(config_));
      pool_ = std::make_unique<PgPool>(context_.executor(), target_, config_, test::system_random());
    }
    return *pool_;
  }
  static net::Deadline in(std::chrono::milliseconds length) { return std::chrono::steady_clock::now() + length; }
  Lease acquire(std::chrono::milliseconds limit = 20s) { return context_.run(pool().acquire(in(limit))); }
  static int process(Lease& lease) { return lease->connection().server_process(); }
  base::Result<std::vector<PgResult>> run(Lease& lease, std::string_view sql) {
    return context_.run(lease->connection().run(PgBatch().add(sql)));
  }

  test::DrivenContext context_;
  PostgresConfig config_{.url = SharedPostgres::server().url(), .min_connections = 0, .max_connections = 2};
  PgTarget target_;
  std::unique_ptr<PgPool> pool_;
};

TEST_F(PgPoolTest, ReusesTheConnectionThatWasUsedLast) {
  int first = 0;
  {
    auto lease = acquire();
    ASSERT_TRUE(lease) << lease.error().message;
    first = process(lease);
    EXPECT_EQ(pool().counters().in_use, 1);
  }
  EXPECT_EQ(pool().counters().idle, 1);
  auto again = acquire();
  EXPECT_EQ(process(again), first);
  EXPECT_EQ(pool().counters().opened, 1);
  EXPECT_EQ(pool().counters().uses, 2);
  EXPECT_GT(pool().counters().open_time.count(), 0);
}

TEST_F(PgPoolTest, OpensNoMoreThanTheMostAndGivesTurnsInOrder) {
  std::optional<Lease> one = acquire();
  std::optional<Lease> two = acquire();
  auto third = context_.begin(pool().acquire(in(20s)));
  auto fourth = context_.begin(pool().acquire(in(20s)));
  EXPECT_EQ(pool().counters().waiting, 2);
  const int first_process = process(*one);
  one.reset();
  auto got_third = context_.finish(std::move(third));
  ASSERT_TRUE(got_third);
  EXPECT_EQ(process(got_third), first_process);
  EXPECT_EQ(pool().counters().waiting, 1);
  two.reset();
  EXPECT_TRUE(context_.finish(std::move(fourth)));
  EXPECT_EQ(pool().counters().opened, 2);
}

TEST_F(PgPoolTest, GivesUpAtTheDeadlineAndNamesTheSetting) {
  const auto one = acquire();
  const auto two = acquire();
  const auto late = acquire(50ms);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_NE(late.error().message.find("database_pool_max"), std::string::npos);
  EXPECT_EQ(pool().counters().timeouts, 1);
  EXPECT_EQ(pool().counters().waiting, 0);
}

TEST_F(PgPoolTest, ReplacesAConnectionThatTheServerEnded) {
  int ended = 0;
  {
    auto lease = acquire();
    ended = process(lease);
  }
  SharedPostgres::server().execute(fmt::format("SELECT pg_terminate_backend({}, 10000)", ended));
  auto lease = acquire();
  ASSERT_TRUE(lease);
  EXPECT_NE(process(lease), ended);
  EXPECT_TRUE(run(lease, "SELECT 1"));
  EXPECT_EQ(pool().counters().closed, 1);
}

TEST_F(PgPoolTest, ReplacesAConnectionThatIsTooOld) {
  config_.max_lifetime = 1ms;
  int old = 0;
  {
    auto lease = acquire();
    old = process(lease);
    context_.run_for(5ms);
  }
  auto lease = acquire();
  EXPECT_NE(process(lease), old);
}

TEST_F(PgPoolTest, GivesNobodyAConnectionThatIsStillInATransaction) {
  {
    auto lease = acquire();
    ASSERT_TRUE(run(lease, "BEGIN"));
  }
  EXPECT_EQ(pool().counters().idle, 0);
  EXPECT_EQ(pool().counters().closed, 1);
  EXPECT_TRUE(acquire());
}

TEST_F(PgPoolTest, AsksAConnectionThatWasIdleForLong) {
  config_.health_check_after = 0ms;
  {
    const auto lease = acquire();
  }
  auto lease = acquire();
  ASSERT_TRUE(lease);
  EXPECT_EQ(pool().counters().opened, 1);
  EXPECT_TRUE(run(lease, "SELECT 1"));
}

TEST_F(PgPoolTest, KeepsTheLeastOpenAndClosesWhatIsIdleForLong) {
  config_.min_connections = 1;
  config_.idle_timeout = 0ms;
  context_.run(pool().tend());
  EXPECT_EQ(pool().counters().idle, 1);
  {
    const auto one = acquire();
    const auto two = acquire();
  }
  EXPECT_EQ(pool().counters().idle, 2);
  context_.run_for(2ms);
  context_.run(pool().tend());
  EXPECT_EQ(pool().counters().idle, 1);
}

TEST_F(PgPoolTest, FailsAtOnceWhileTheServerIsAwayAndRecoversByItself) {
  fakes::PostgresServer own;
  config_.url = own.url();
  config_.longest_backoff = 200ms;
  {
    ASSERT_TRUE(acquire());
  }
  own.stop_immediately();
  const auto refused = acquire();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  const auto attempts = pool().counters().refused;
  const auto at_once = acquire();
  ASSERT_FALSE(at_once);
  EXPECT_TRUE(at_once.error().retry_after);
  EXPECT_EQ(pool().counters().refused, attempts) << "the server was asked again within the pause";
  own.start();
  const auto limit = in(20s);
  auto lease = acquire();
  while (!lease && std::chrono::steady_clock::now() < limit) {
    context_.run_for(20ms);
    lease = acquire();
  }
  EXPECT_TRUE(lease);
}

TEST_F(PgPoolTest, SaysThatTheServerHasNoConnectionLeft) {
  const fakes::PostgresServer own(fakes::PostgresServer::Durability::kOff,
                                  {"-c", "max_connections=4", "-c", "superuser_reserved_connections=0"});
  config_.url = own.url();
  config_.max_connections = 10;
  std::vector<Lease> leases;
  for (int i = 0; i < 4; ++i) leases.push_back(acquire());
  const auto refused = acquire();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find("max_connections"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace tollgate::store
