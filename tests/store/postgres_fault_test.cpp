// A server that crashes, restarts, is slow or cannot be reached: clear errors, recovery by itself, and nothing that was
// acknowledged lost.
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/fakes/small_disk.hpp"
#include "tests/fakes/tcp_proxy.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using fakes::PostgresServer;
using namespace std::chrono_literals;

constexpr int kWriters = 4;
constexpr int kCrashes = 6;

PostgresConfig impatient(std::string url) {
  return {.url = std::move(url),
          .acquire_timeout = 2s,
          .connect_timeout = 1s,
          .longest_backoff = 200ms,
          .operation_timeout = 4s};
}

class PostgresFault : public testing::Test {
 protected:
  explicit PostgresFault(PostgresServer::Durability durability = PostgresServer::Durability::kOff,
                         std::vector<std::string> options = {})
      : server_(durability, std::move(options)) {
    test::value_of(migrate_postgres({.url = server_.url()}));
  }

  // As a client does that was told to come again.
  static void wait_before_repeating() {
    boost::asio::io_context context;
    boost::asio::steady_timer(context, 5ms).wait();
  }

  // Until the call succeeds; its last error, if it does not.
  template <typename Call>
  static auto patiently(Call call, std::chrono::milliseconds limit = 30s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    auto result = call();
    while (!result && std::chrono::steady_clock::now() < end) {
      wait_before_repeating();
      result = call();
    }
    EXPECT_TRUE(result) << result.error().message << " " << result.error().detail;
    return result;
  }

  PostgresServer server_;
};

class PostgresCrash : public PostgresFault {
 protected:
  PostgresCrash() : PostgresFault(PostgresServer::Durability::kOn) {}
};

// Each writer repeats an answer under its key until it is acknowledged, as a client would.
TEST_F(PostgresCrash, LosesNoAcknowledgedAnswerAndStoresNoneTwice) {
  test::PostgresStores stores(impatient(server_.url()));
  auto& store = *stores.sessions;
  const auto session = test::create_session(store);
  std::atomic<bool> is_over = false;
  std::atomic<int> failed = 0;
  std::array<std::atomic<int>, kWriters> acknowledged{};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      auto& count = acknowledged[static_cast<std::size_t>(w)];
      while (!is_over) {
        const auto key = fmt::format("{}-{}", w, count.load());
        const auto appended = test::append(store, session, test::answer(fmt::format("q{}", w), key, key));
        if (appended) {
          ASSERT_EQ(appended->front().version, count + 1);
          ++count;
          continue;
        }
        ++failed;
        ASSERT_TRUE(base::is_retryable(appended.error().code)) << appended.error().message << appended.error().detail;
        wait_before_repeating();
      }
    });
  }
  for (int crash = 0; crash < kCrashes; ++crash) {
    for (auto& count : acknowledged) {  // everybody got on since the last one
      while (count < 10 * (crash + 1)) wait_before_repeating();
    }
    server_.stop_immediately();
    server_.start();
    patiently([&] { return test::append(store, session, test::answer("main", crash, fmt::format("m{}", crash))); });
  }
  is_over = true;
  for (auto& writer : writers) writer.join();

  const auto record = patiently([&] { return test::run(store.load(session)); });
  std::map<std::string, int> stored;
  for (const auto& input : record->inputs) ++stored[input.subject];
  for (int w = 0; w < kWriters; ++w) {
    const auto count = acknowledged[static_cast<std::size_t>(w)].load();
    // One more may have been stored whose acknowledgement nobody got.
    EXPECT_GE(stored[fmt::format("q{}", w)], count);
    EXPECT_LE(stored[fmt::format("q{}", w)], count + 1);
  }
  EXPECT_EQ(record->row.head_seq, 1 + static_cast<std::int64_t>(record->inputs.size()));
  std::int64_t seq = 0;
  for (;;) {
    const auto events = test::run(store.events(session, seq, 1'000));
    ASSERT_TRUE(events);
    if (events->empty()) break;
    for (const auto& event : *events) ASSERT_EQ(event.seq, ++seq);
  }
  EXPECT_EQ(seq, record->row.head_seq);
  fmt::print("{} crashes, {} answers acknowledged, {} attempts failed\n", kCrashes,
             acknowledged[0] + acknowledged[1] + acknowledged[2] + acknowledged[3], failed.load());
}

TEST_F(PostgresFault, GoesOnSoonAfterARestart) {
  test::PostgresStores stores(impatient(server_.url()));
  const auto session = test::create_session(*stores.sessions);
  server_.stop_fast();
  server_.start();
  patiently([&] { return test::append(*stores.sessions, session, test::answer("q", "x", "k")); }, 1s);
  EXPECT_TRUE(test::run(stores.sessions->load(session)));
}

TEST_F(PostgresFault, SaysThatTheServerIsAwayAndFailsFastMeanwhile) {
  test::PostgresStores stores(impatient(server_.url()));
  const auto session = test::create_session(*stores.sessions);
  server_.stop_immediately();
  const auto away = test::run(stores.sessions->load(session));
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(away.error().message.find("is PostgreSQL running there"), std::string::npos) << away.error().message;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(test::run(stores.sessions->load(session)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  server_.start();
  patiently([&] { return test::run(stores.sessions->load(session)); });
}

TEST_F(PostgresFault, RepeatsAnAnswerSafelyWhoseAcknowledgementWasLost) {
  fakes::TcpProxy proxy(server_.port());
  test::PostgresStores stores(impatient(server_.url_at(proxy.port())));
  const auto session = test::create_session(*stores.sessions);
  proxy.cut_at_next_request();
  const auto lost = test::append(*stores.sessions, session, test::answer("q", "x", "k"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(lost.error().message.find("Repeat it, which is safe"), std::string::npos) << lost.error().message;
  const auto again = patiently([&] { return test::append(*stores.sessions, session, test::answer("q", "x", "k")); });
  EXPECT_EQ(again->front().version, 1);
  EXPECT_EQ(test::run(stores.sessions->load(session))->inputs.size(), 1u);
}

TEST_F(PostgresFault, ReadsAgainWhenTheConnectionBreaks) {
  fakes::TcpProxy proxy(server_.port());
  test::PostgresStores stores(impatient(server_.url_at(proxy.port())));
  const auto session = test::create_session(*stores.sessions);
  proxy.cut_at_next_request();
  EXPECT_TRUE(test::run(stores.sessions->load(session)));
}

TEST_F(PostgresFault, GivesUpOnAServerThatDoesNotAnswerAndRecovers) {
  fakes::TcpProxy proxy(server_.port());
  auto config = impatient(server_.url_at(proxy.port()));
  config.operation_timeout = 500ms;
  test::PostgresStores stores(config);
  const auto session = test::create_session(*stores.sessions);
  proxy.hold();
  const auto start = std::chrono::steady_clock::now();
  const auto silent = test::run(stores.sessions->load(session));
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::kTimeout) << silent.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
  proxy.let_go();
  patiently([&] { return test::append(*stores.sessions, session, test::answer("q", "x", "k")); });
}

TEST_F(PostgresFault, WaitsForASlowNetworkTwicePerAnswer) {
  fakes::TcpProxy proxy(server_.port());
  test::PostgresStores stores(impatient(server_.url_at(proxy.port())));
  const auto session = test::create_session(*stores.sessions);
  ASSERT_TRUE(test::append(*stores.sessions, session, test::answer("q", "x", "first")));
  proxy.delay(50ms);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(test::append(*stores.sessions, session, test::answer("q", "y", "second")));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 300ms) << "two round trips of 100 ms";
}

TEST_F(PostgresFault, ServesManyAtOnceOverASlowNetwork) {
  fakes::TcpProxy proxy(server_.port());
  const auto measure = [&](int connections) {
    auto config = impatient(server_.url_at(proxy.port()));
    config.max_connections = connections;
    config.min_connections = connections;
    config.acquire_timeout = config.operation_timeout = 30s;
    test::PostgresStores stores(config);
    const auto session = test::create_session(*stores.sessions);
    proxy.delay(5ms);
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> readers;
    for (int i = 0; i < 10; ++i) {
      readers.emplace_back([&] {
        for (int n = 0; n < 20; ++n) EXPECT_TRUE(test::run(stores.sessions->events(session, 0, 10)));
      });
    }
    for (auto& reader : readers) reader.join();
    proxy.delay(0ms);
    return std::chrono::steady_clock::now() - start;
  };
  const auto one = measure(1);
  const auto ten = measure(10);
  EXPECT_GT(one / ten, 3) << "ten connections take " << ten.count() << " ns, one takes " << one.count();
}

class PostgresWithFewConnections : public PostgresFault {
 protected:
  PostgresWithFewConnections()
      : PostgresFault(
            PostgresServer::Durability::kOff,
            {"-c", "max_connections=5", "-c", "superuser_reserved_connections=0", "-c", "max_wal_senders=0"}) {}
};

TEST_F(PostgresWithFewConnections, SaysWhatToDoAndGoesOnWithThoseItHas) {
  test::PostgresStores stores(impatient(server_.url()));
  const auto session = test::create_session(*stores.sessions);
  auto others = std::make_unique<test::PostgresStores>([&] {
    auto config = impatient(server_.url());
    config.min_connections = config.max_connections = 2;
    return config;
  }());
  patiently([&]() -> base::Result<bool> {
    const auto open = others->database->pool_counters().idle;
    if (open == 2) return true;
    return base::fail(ErrorCode::kUnavailable, fmt::format("{} connections are open", open));
  });
  std::atomic<int> served = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const auto record = test::run(stores.sessions->load(session));
        if (record) {
          ++served;
          continue;
        }
        ++refused;
        EXPECT_EQ(record.error().code, ErrorCode::kUnavailable);
        EXPECT_NE(record.error().message.find("lower database_pool_max"), std::string::npos) << record.error().message;
      }
    });
  }
  for (auto& reader : readers) reader.join();
  EXPECT_GT(served, 0);
  EXPECT_GT(refused, 0);
  others.reset();
  patiently([&] { return test::append(*stores.sessions, session, test::answer("q", "x", "k")); });
}

// The server's whole data, its write-ahead log included, lies on a disk that fills up.
TEST(PostgresOnAFullDisk, RefusesWithACauseLosesNothingAndRecovers) {
  const fakes::SmallDisk disk(std::size_t{160} << 20);
  if (!disk.is_there()) GTEST_SKIP() << "only root can make a small disk";
  PostgresServer server(disk.folder(), {"-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB"});
  test::value_of(migrate_postgres({.url = server.url()}));
  test::PostgresStores stores(impatient(server.url()));
  const auto session = test::create_session(*stores.sessions);
  base::SystemRandom random;
  int acknowledged = 0;
  const auto append = [&] {
    std::string noise(100'000, '\0');  // does not compress
    random.fill(reinterpret_cast<std::uint8_t*>(noise.data()), noise.size());
    for (auto& c : noise) c = static_cast<char>('0' + (static_cast<unsigned char>(c) & 63U));
    return test::append(*stores.sessions, session, test::answer("q", noise, fmt::format("k{}", acknowledged)));
  };
  const auto append_and_count = [&] {
    auto appended = append();
    if (appended) ++acknowledged;
    return appended;
  };
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append_and_count());
  disk.fill();
  std::optional<base::Error> refusal;
  for (int i = 0; i < 300 && !refusal; ++i) {
    if (const auto appended = append_and_count(); !appended) refusal = appended.error();
  }
  ASSERT_TRUE(refusal) << "the disk did not get full";
  fmt::print("{}: {}\n", refusal->message, refusal->detail);
  EXPECT_TRUE(refusal->code == ErrorCode::kNoSpace || refusal->code == ErrorCode::kUnavailable);
  disk.clear();
  if (server.has_ended()) server.start();
  const auto end = std::chrono::steady_clock::now() + 30s;
  for (auto again = append_and_count(); !again; again = append_and_count()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << again.error().message << again.error().detail;
    boost::asio::io_context context;
    boost::asio::steady_timer(context, 5ms).wait();
  }
  const auto record = test::run(stores.sessions->load(session));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->inputs.size(), static_cast<std::size_t>(acknowledged));
  EXPECT_EQ(record->row.head_seq, 1 + acknowledged);
}

TEST_F(PostgresFault, FreesALeaseWhoseProcessHasEnded) {
  test::PostgresStores stores(impatient(server_.url()));
  const auto session = test::create_session(*stores.sessions);
  ASSERT_TRUE(test::run(stores.sessions->acquire_lease(session, "session", test::new_owner(), 1h)));
  // As left by a process of this machine that was killed: that number cannot run any more.
  server_.execute("UPDATE lease SET pid = 2147483000");
  const auto taken = test::run(stores.sessions->acquire_lease(session, "session", test::new_owner(), 1h));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->fence, 2);
  EXPECT_FALSE(test::run(stores.sessions->acquire_lease(session, "session", test::new_owner(), 1h)));
}

}  // namespace
}  // namespace tollgate::store
