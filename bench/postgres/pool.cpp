// Answers of 500 sessions at once, each waiting for the one before, over a network that adds 5 ms to a round trip.
#include <array>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "bench/postgres/bench_sessions.hpp"
#include "bench/postgres/benchmarks.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "tests/fakes/postgres_server.hpp"
#include "tests/fakes/tcp_proxy.hpp"

namespace tollgate::bench {
namespace {

using base::Value;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSessions = 500;
constexpr std::array kSizes = {1, 5, 10, 20};
constexpr std::chrono::seconds kWarmUp{6};  // every session has its turn, also with one connection
constexpr std::chrono::seconds kLength{12};
constexpr std::chrono::microseconds kEachWay{2'500};

struct Load {
  store::SessionStore& store;
  Clock::time_point from;
  Clock::time_point until;
  Times times{};
  int failed = 0;
  std::string why{};
};

boost::asio::awaitable<void> submit_in_turn(Load& load, base::SessionId session) {
  for (int n = 0; Clock::now() < load.until; ++n) {
    std::vector<store::NewInput> inputs;
    inputs.push_back({.entry = {.kind = "answer", .subject = "q", .body = "Two people check each run."},
                      .idempotency_key = fmt::format("{}-{}", load.until.time_since_epoch().count(), n),
                      .event_type = "answer.submitted",
                      .event_body = Value::Record{}});
    const auto start = Clock::now();
    const auto appended = co_await load.store.append_inputs(session, std::move(inputs));
    const auto now = Clock::now();
    if (!appended) {
      ++load.failed;
      load.why = appended.error().message;
    } else if (now >= load.from && now <= load.until) {
      load.times.add(now - start);
    }
  }
}

struct Measured {
  double rate = 0;
  Value::Record record;
};

Measured measure_size(const std::string& url, int size, base::Random& random) {
  boost::asio::io_context context(1);
  const auto database = value_of(store::PostgresDatabase::open(
      {.url = url, .min_connections = size, .max_connections = size}, random, {context.get_executor()}));
  const auto store = store::make_postgres_session_store(database);
  const auto sessions = make_sessions(context, *store, kSessions, random);
  const auto start = Clock::now();
  Load load{*store, start + kWarmUp, start + kWarmUp + kLength};
  for (const auto& session : sessions) {
    boost::asio::co_spawn(context, submit_in_turn(load, session), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  context.restart();
  context.run();
  const auto counters = database->pool_counters();
  const double rate = static_cast<double>(load.times.count()) / std::chrono::duration<double>(kLength).count();
  if (load.failed > 0) say("{} calls failed: {}", load.failed, load.why);
  auto record = to_record(load.times);
  record["connections"] = static_cast<std::int64_t>(size);
  record["answers_per_second"] = rounded(rate);
  record["failed"] = static_cast<std::int64_t>(load.failed);
  record["timeouts"] = counters.timeouts;
  record["wait_ms_mean"] =
      rounded(static_cast<double>(counters.wait_time.count()) / 1000 / static_cast<double>(counters.uses));
  say("{:>11} {:>14.1f} {:>10.1f} {:>10.1f} {:>10.1f} {:>8} {:>9}", size, rate, load.times.percentile(50),
      load.times.percentile(95), load.times.percentile(99), load.failed, counters.timeouts);
  return {rate, std::move(record)};
}

}  // namespace

Value::Record measure_pool() {
  fakes::PostgresServer server(fakes::PostgresServer::Durability::kOn);
  (void)value_of(store::migrate_postgres({.url = server.url()}));
  fakes::TcpProxy proxy(server.port());
  proxy.delay(kEachWay);
  base::SystemRandom random;
  say("{:>11} {:>14} {:>10} {:>10} {:>10} {:>8} {:>9}", "connections", "answers/s", "p50 ms", "p95 ms", "p99 ms",
      "failed", "timeouts");
  Value::List sizes;
  double first = 0;
  for (const int size : kSizes) {
    auto [rate, record] = measure_size(server.url_at(proxy.port()), size, random);
    if (first == 0) first = rate;
    record["ratio_to_one"] = rounded(rate / first);
    sizes.push_back(std::move(record));
  }
  return {{"bench", "pool"},
          {"sessions", static_cast<std::int64_t>(kSessions)},
          {"added_ms", 5},
          {"sizes", std::move(sizes)}};
}

}  // namespace tollgate::bench
