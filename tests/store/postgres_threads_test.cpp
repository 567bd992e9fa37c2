// One pool for each I/O thread: calls are made where they come from, and all threads together keep to the settings.
#include <deque>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "tests/store/driven_context.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;
using namespace std::chrono_literals;

struct Made {
  std::thread::id thread;
  int connection = 0;  // the process that serves it
};

Async<Made> look_around(PgConnection& db) {
  CO_TRY_STATUS(co_await db.run(PgBatch().add("SELECT 1")));
  co_return Made{std::this_thread::get_id(), db.server_process()};
}

Async<void> sleep_in_transaction(PgConnection& db) {
  CO_TRY_STATUS(co_await db.run(PgBatch().add("BEGIN")));
  CO_TRY_STATUS(co_await db.run(PgBatch().add("SELECT pg_sleep(20)")));
  co_return base::Status{};
}

class PostgresThreads : public testing::Test {
 protected:
  PostgresConfig config(int most) {
    return {.url = url_, .min_connections = 0, .max_connections = most, .acquire_timeout = 2s};
  }
  static Async<Made> call(PostgresDatabase& database) {
    return database.read<Made>([](PgConnection& db) { return look_around(db); });
  }

  const std::string url_ = SharedPostgres::empty_database("threads");
};

TEST_F(PostgresThreads, MakeTheirCallsOnConnectionsOfTheirOwn) {
  test::IoThread one;
  test::IoThread two;
  test::PostgresStores stores(config(4), {one.executor(), two.executor()});
  std::set<int> of_one, of_two;
  for (int i = 0; i < 5; ++i) {
    const auto first = test::value_of(one.run(call(*stores.database)));
    const auto second = test::value_of(two.run(call(*stores.database)));
    EXPECT_EQ(first.thread, one.id());
    EXPECT_EQ(second.thread, two.id());
    of_one.insert(first.connection);
    of_two.insert(second.connection);
  }
  EXPECT_EQ(of_one.size(), 1U);
  EXPECT_EQ(of_two.size(), 1U);
  EXPECT_NE(of_one, of_two);
  const auto counters = stores.database->pool_counters();
  EXPECT_EQ(counters.uses, 10);
  EXPECT_EQ(counters.opened, 2);
  EXPECT_EQ(counters.idle, 2);
  EXPECT_EQ(counters.in_use, 0);
  one.stop();
  two.stop();
}

TEST_F(PostgresThreads, DivideTheConnectionsAmongThem) {
  test::IoThread one, two, three;
  PgTarget target = test::value_of(read_target(config(8)));
  auto settings = config(8);
  settings.min_connections = 2;
  PgLanes lanes({one.executor(), two.executor(), three.executor()}, target, settings, test::system_random());
  std::vector<std::int64_t> most;
  for (auto* thread : {&one, &two, &three}) most.push_back(lanes.lane_for(thread->executor())->counters().most);
  EXPECT_EQ(most, (std::vector<std::int64_t>{3, 3, 2}));
  EXPECT_EQ(lanes.counters().most, 8);
  // Kept open: two of all, not two of each.
  lanes.tend();
  const auto limit = std::chrono::steady_clock::now() + 20s;
  while (lanes.counters().idle < 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(lanes.counters().idle, 2);
  EXPECT_EQ(lanes.lane_for(three.executor())->counters().opened, 0);
  for (auto* thread : {&one, &two, &three}) thread->stop();
}

TEST_F(PostgresThreads, AreServedByAnotherOneWhenThereAreFewerConnections) {
  test::IoThread one;
  test::IoThread two;
  test::PostgresStores stores(config(1), {one.executor(), two.executor()});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(test::value_of(one.run(call(*stores.database))).thread, one.id());
    EXPECT_EQ(test::value_of(two.run(call(*stores.database))).thread, one.id());
  }
  EXPECT_EQ(stores.database->pool_counters().most, 1);
  EXPECT_EQ(stores.database->pool_counters().opened, 1);
  one.stop();
  two.stop();
}

// A command ends when its context has nothing left to do.
TEST_F(PostgresThreads, AreNotKeptBusyByIdleConnections) {
  boost::asio::io_context context(1);
  test::PostgresStores stores(config(2), {context.get_executor()});
  auto made = boost::asio::co_spawn(context, call(*stores.database), boost::asio::use_future);
  context.run_for(20s);
  EXPECT_TRUE(context.stopped());
  EXPECT_TRUE(made.get());
  EXPECT_EQ(stores.database->pool_counters().idle, 1);
}

TEST_F(PostgresThreads, CloseTheConnectionOfACallThatIsCancelled) {
  test::DrivenContext context;
  test::PostgresStores stores(config(1), {context.executor()});
  boost::asio::cancellation_signal signal;
  std::optional<base::Result<void>> reply;
  auto call_it = stores.database->write<void>([](PgConnection& db) { return sleep_in_transaction(db); });
  boost::asio::co_spawn(
      context.executor(), std::move(call_it),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](const std::exception_ptr&, base::Result<void> result) { reply = std::move(result); }));
  const auto limit = std::chrono::steady_clock::now() + 20s;
  const auto asleep =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = 'threads' AND query LIKE '%pg_sleep%' "
      "AND state = 'active' AND pid <> pg_backend_pid()";
  while (SharedPostgres::server().execute(asleep) != "1" && std::chrono::steady_clock::now() < limit)
    context.run_for(5ms);
  // Another call waits for the only connection meanwhile; it gets a new one.
  auto waiting = context.begin(call(*stores.database));
  EXPECT_EQ(stores.database->pool_counters().waiting, 1);
  signal.emit(boost::asio::cancellation_type::terminal);
  EXPECT_TRUE(context.finish(std::move(waiting)));
  ASSERT_TRUE(reply);
  ASSERT_FALSE(*reply);
  EXPECT_EQ(reply->error().code, ErrorCode::kCancelled);
  const auto counters = stores.database->pool_counters();
  EXPECT_EQ(counters.closed, 1);
  EXPECT_EQ(counters.opened, 2);
  EXPECT_EQ(counters.in_use, 0);
}

TEST_F(PostgresThreads, LeaveTheQueueWhenTheyAreCancelled) {
  test::DrivenContext context;
  test::PostgresStores stores(config(1), {context.executor()});
  auto held = context.begin(stores.database->read<void>([](PgConnection& db) { return sleep_in_transaction(db); }));
  boost::asio::cancellation_signal signal;
  std::optional<base::Result<Made>> reply;
  boost::asio::co_spawn(
      context.executor(), call(*stores.database),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](const std::exception_ptr&, base::Result<Made> result) { reply = std::move(result); }));
  context.poll();
  EXPECT_EQ(stores.database->pool_counters().waiting, 1);
  signal.emit(boost::asio::cancellation_type::terminal);
  context.poll();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error().code, ErrorCode::kCancelled);
  EXPECT_EQ(stores.database->pool_counters().waiting, 0);
  EXPECT_EQ(stores.database->pool_counters().timeouts, 0);
}

// What one thread has read, another one need not read again; and what it writes is seen.
TEST_F(PostgresThreads, ShareWhatWasRead) {
  test::IoThread one;
  test::IoThread two;
  test::PostgresStores stores(config(2), {one.executor(), two.executor()});
  const auto id = test::create_session(*stores.sessions);
  ASSERT_TRUE(test::append(*stores.sessions, id, test::answer("q", "what was said", "k")));
  ASSERT_TRUE(one.run(stores.sessions->load(id)));
  SharedPostgres::server().execute("UPDATE input SET body = '\"altered\"'", "threads");  // behind the program's back
  EXPECT_EQ(*two.run(stores.sessions->load(id))->inputs.at(0).body.if_string(), "what was said");
  ASSERT_TRUE(two.run(stores.sessions->append_inputs(id, {test::answer("q", "more", "k2")})));
  EXPECT_EQ(one.run(stores.sessions->load(id))->inputs.size(), 2U);
  one.stop();
  two.stop();
}

// Four threads with all kinds of calls at once, and somebody who reads the counters: for ThreadSanitizer above all.
TEST_F(PostgresThreads, WorkSideBySide) {
  std::deque<test::IoThread> threads(4);
  IoThreads executors;
  for (auto& thread : threads) executors.push_back(thread.executor());
  test::PostgresStores stores(config(3), executors);
  const auto id = test::create_session(*stores.sessions);
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&, t] {
      auto& thread = threads[static_cast<std::size_t>(t)];
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(thread.run(
            stores.sessions->append_inputs(id, {test::answer(fmt::format("q{}", t), i, fmt::format("{}-{}", t, i))})));
        EXPECT_TRUE(thread.run(stores.sessions->load(id)));
        EXPECT_TRUE(thread.run(stores.sessions->list({})));
        EXPECT_LE(stores.database->pool_counters().in_use, 3);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(test::run(stores.sessions->load(id))->inputs.size(), 80U);
  for (auto& thread : threads) thread.stop();
}

}  // namespace
}  // namespace tollgate::store
