// Checkpoints of 8 KB and 1 MB: the store, and pgbench running the very same statements in the same batches, in turn.
//
// In favour of pgbench: it makes no digests, checks none, and sends the same content again. Against it: it reads
// results as text, so that a blob comes back as twice as many hexadecimal digits.
#include <array>
#include <exception>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "bench/postgres/bench_sessions.hpp"
#include "bench/postgres/benchmarks.hpp"
#include "store/postgres/pg_checkpoint_rows.hpp"
#include "store/postgres/pg_entry_rows.hpp"
#include "store/postgres/pg_outcome_commit.hpp"
#include "store/postgres/pg_sealed_rows.hpp"
#include "store/postgres/pg_session_rows.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "tests/fakes/child_process.hpp"
#include "tests/fakes/postgres_server.hpp"

namespace tollgate::bench {
namespace {

using base::Value;
using Clock = std::chrono::steady_clock;

constexpr std::array kClients = {1, 8};
constexpr std::array kSizes = {std::size_t{8} << 10, std::size_t{1} << 20};
constexpr int kRounds = 3;
constexpr int kSeconds = 4;
constexpr const char* kOwner = "00000000-0000-7000-8000-0000000000ff";

// Puts expressions where a statement has its parameters.
std::string with_values(std::string_view sql, const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] != '$') {
      out.push_back(sql[i]);
      continue;
    }
    std::size_t number = 0;
    while (i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9')
      number = number * 10 + static_cast<std::size_t>(sql[++i] - '0');
    out += "(" + values.at(number - 1) + ")";
  }
  return out + ";\n";
}

// What a commit of one gate with its checkpoint sends.
std::string create_script(std::size_t bytes) {
  const std::string session = "('00000000-0000-7000-8000-' || lpad((:run * 100 + :client_id)::text, 12, '0'))::uuid";
  const std::string owner = fmt::format("'{}'::uuid", kOwner);
  const std::string digest = "sha256((:run::text || '-' || :client_id::text || '-' || :seq::text)::bytea)";
  const std::string one = "ARRAY[:seq::bigint]";
  std::string script = "\\if :ready = 0\n";
  script += fmt::format(
      "SELECT string_agg(md5(random()::text), '') AS content FROM generate_series(1, {}) \\gset\n\\set ready "
      "1\n\\endif\n",
      bytes / 32);
  script += "\\set seq :seq + 1\n\\startpipeline\nBEGIN;\n";
  script += with_values(store::kSelectKeys, {}) + with_values(store::kLockSession, {session});
  script += with_values(store::kHoldsLease, {session, "'session'", owner, "1::bigint"});
  script += with_values(store::kSelectLinks, {session, one}) + with_values(store::kSelectLastLink, {session});
  script += "\\endpipeline\n\\startpipeline\n";
  script += with_values(store::kCommit, {session,
                                         "'session'",
                                         owner,
                                         "1::bigint",
                                         "ARRAY['gate']",
                                         "ARRAY['S1']",
                                         one,
                                         "ARRAY[1::bigint]",
                                         "ARRAY['{}']",
                                         "ARRAY[" + digest + "]",
                                         "ARRAY[convert_to(:content, 'UTF8')]",
                                         one,
                                         "ARRAY[" + digest + "]",
                                         "ARRAY['{}']",
                                         one,
                                         "ARRAY[" + digest + "]",
                                         "true",
                                         "ARRAY['stage.passed']",
                                         "ARRAY['{}']",
                                         "1::bigint",
                                         "NULL::text",
                                         "''::text"});
  return script + "COMMIT;\n\\endpipeline\n";
}

std::string load_script(const base::SessionId& id, const base::Sha256& digest) {
  const std::string session = fmt::format("'{}'::uuid", id.to_string());
  std::string script = "\\startpipeline\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n";
  script += with_values(store::kSelectKeys, {}) + with_values(store::kSelectById, {session});
  script += with_values(store::kSelectEntries, {session}) + with_values(store::kSelectCheckpoints, {session});
  script += "COMMIT;\n\\endpipeline\n\\startpipeline\n" + with_values(store::kSelectKeys, {});
  return script + fmt::format("SELECT bytes FROM blob WHERE digest = '\\x{}';\n\\endpipeline\n", digest.to_hex());
}

struct Load {
  store::SessionStore& store;
  Clock::time_point until{};
  Times times{};
};

// Each commit with a content of its own.
boost::asio::awaitable<void> create_in_turn(Load& load, store::Lease lease, std::string content) {
  for (std::int64_t seq = 1; Clock::now() < load.until; ++seq) {
    const auto mark = fmt::format("{} {} ", lease.session.to_string(), seq);
    content.replace(0, mark.size(), mark);
    const auto digest = base::Sha256::of(content);
    store::OutcomeCommit commit{.lease = lease,
                                .outcomes = {{"gate", "S1", seq, Value::Record{}, {}}},
                                .blobs = {{digest, content}},
                                .checkpoints = {{seq, digest, "{}", {digest}}},
                                .events = {{0, "stage.passed", Value::Record{}, {}}}};
    const auto start = Clock::now();
    (void)value_of(co_await load.store.commit(std::move(commit)));
    load.times.add(Clock::now() - start);
  }
}

boost::asio::awaitable<void> load_in_turn(Load& load, base::SessionId session, base::Sha256 digest) {
  while (Clock::now() < load.until) {
    const auto start = Clock::now();
    (void)value_of(co_await load.store.load(session));
    (void)value_of(co_await load.store.blob(digest));
    load.times.add(Clock::now() - start);
  }
}

class Bench {
 public:
  Bench() { (void)value_of(store::migrate_postgres({.url = server_.url()})); }

  Value::Record measure(std::string_view what, std::size_t bytes, int clients) {
    Times times;
    std::vector<double> ours, theirs;
    for (int round = 0; round < kRounds; ++round) {
      ours.push_back(what == "create" ? create(bytes, clients, times) : load(bytes, clients, times));
      theirs.push_back(
          pgbench(what == "create" ? create_script(bytes) : load_script(loaded_, loaded_digest_), clients));
      // Neither is to pay for what the other one left to be written.
      server_.execute("CHECKPOINT");
    }
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    const double own = ours[kRounds / 2];
    const double other = theirs[kRounds / 2];
    say("{:<7} {:>5} KB {:>8} {:>10.1f} {:>10.1f} {:>7.2f} {:>9.3f} {:>9.3f}", what, bytes >> 10, clients, own, other,
        own / other, times.percentile(50), times.percentile(99));
    auto record = to_record(times);
    record["what"] = what;
    record["bytes"] = bytes;
    record["clients"] = clients;
    record["per_second"] = rounded(own);
    record["pgbench_per_second"] = rounded(other);
    record["ratio"] = rounded(own / other);
    return record;
  }

 private:
  std::shared_ptr<store::PostgresDatabase> open(int clients) {
    return value_of(store::PostgresDatabase::open(
        {.url = server_.url(), .cache_bytes = 0, .min_connections = clients, .max_connections = clients}, random_,
        {context_.get_executor()}));
  }

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return fakes::run_coroutine(context_, std::move(task));
  }

  double create(std::size_t bytes, int clients, Times& times) {
    const auto store = store::make_postgres_session_store(open(clients));
    std::vector<store::Lease> leases;
    for (const auto& id : make_sessions(context_, *store, static_cast<std::size_t>(clients), random_)) {
      leases.push_back(value_of(run(store->acquire_lease(
          id, "session", base::BootId::make(base::SystemClock().now(), random_), std::chrono::hours(1)))));
    }
    return drive(
        *store, times, [&](Load& load, std::size_t i) { return create_in_turn(load, leases[i], noise(bytes)); },
        leases.size());
  }

  double load(std::size_t bytes, int clients, Times& times) {
    const auto store = store::make_postgres_session_store(open(clients));
    loaded_ = make_sessions(context_, *store, 1, random_).front();
    const auto content = noise(bytes);
    loaded_digest_ = base::Sha256::of(content);
    const auto lease = value_of(run(store->acquire_lease(
        loaded_, "session", base::BootId::make(base::SystemClock().now(), random_), std::chrono::hours(1))));
    (void)value_of(run(store->commit({.lease = lease,
                                      .outcomes = {{"gate", "S1", 1, Value::Record{}, {}}},
                                      .blobs = {{loaded_digest_, content}},
                                      .checkpoints = {{1, loaded_digest_, "{}", {loaded_digest_}}}})));
    return drive(
        *store, times, [&](Load& load, std::size_t) { return load_in_turn(load, loaded_, loaded_digest_); },
        static_cast<std::size_t>(clients));
  }

  // The rate of as many clients as that, each on its own session.
  template <typename Client>
  double drive(store::SessionStore& store, Times& times, Client client, std::size_t clients) {
    Load load{store};
    load.until = Clock::now() + std::chrono::seconds(kSeconds);
    context_.restart();
    for (std::size_t i = 0; i < clients; ++i) {
      boost::asio::co_spawn(context_, client(load, i), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
      });
    }
    const auto start = Clock::now();
    context_.run();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    times.append(load.times);
    return static_cast<double>(load.times.count()) / seconds;
  }

  double pgbench(const std::string& script, int clients) {
    ++run_;
    server_.execute(fmt::format(
        "INSERT INTO session SELECT ('00000000-0000-7000-8000-' || lpad(({0} * 100 + c)::text, 12, '0'))::uuid, "
        "'pgbench', "
        "'pgbench', 'k{0}-' || c, sha256('{{}}'), 'demo', '{{}}', NULL, NULL, 1 FROM generate_series(0, {1}) c; "
        "INSERT INTO session_state SELECT id, owner, 'open', '', 1, 0 FROM session WHERE idempotency_key LIKE 'k{0}-%' "
        "AND owner = 'pgbench'; "
        "INSERT INTO lease SELECT id, 'session', '{2}', 1, 9000000000000, 60000, '', 0, 0 FROM session "
        "WHERE idempotency_key LIKE 'k{0}-%' AND owner = 'pgbench'",
        run_, clients - 1, kOwner));
    const auto folder = server_.folder() + "/pgbench";
    std::filesystem::create_directories(folder);
    const auto file = folder + "/script.sql";
    std::ofstream(file) << script;
    const auto count = std::to_string(clients);
    fakes::ChildProcess process(
        {"/usr/bin/pgbench", "--no-vacuum", "--protocol=prepared", "--client=" + count, "--jobs=1",
         fmt::format("--time={}", kSeconds), "--define=seq=0", "--define=ready=0", "--define=content=x",
         fmt::format("--define=run={}", run_), "--file=" + file, server_.url()},
        {.folder = folder});
    const auto finished = process.wait();
    const auto at = finished.out.find("tps = ");
    if (finished.code != 0 || at == std::string::npos ||
        finished.out.find("number of failed transactions: 0 ") == std::string::npos) {
      throw std::runtime_error("pgbench failed: " + finished.out + finished.err);
    }
    return std::stod(finished.out.substr(at + 6));
  }

  std::string noise(std::size_t bytes) {
    std::string text(bytes, ' ');
    std::vector<std::uint8_t> random(bytes);
    random_.fill(random.data(), random.size());
    for (std::size_t i = 0; i < bytes; ++i) text[i] = "0123456789abcdef"[random[i] & 15U];
    return text;
  }

  boost::asio::io_context context_{1};
  base::SystemRandom random_;
  fakes::PostgresServer server_{
      fakes::PostgresServer::Durability::kOn,
      {"-c", "shared_buffers=512MB", "-c", "max_wal_size=8GB", "-c", "checkpoint_timeout=30min"}};
  base::SessionId loaded_{};
  base::Sha256 loaded_digest_{};
  int run_ = 0;
};

}  // namespace

Value::Record measure_checkpoints() {
  Bench bench;
  say("{:<7} {:>8} {:>8} {:>10} {:>10} {:>7} {:>9} {:>9}", "", "size", "clients", "store/s", "pgbench/s", "ratio",
      "p50 ms", "p99 ms");
  Value::List cases;
  for (const std::string_view what : {"create", "load"}) {
    for (const auto bytes : kSizes) {
      for (const int clients : kClients) cases.push_back(bench.measure(what, bytes, clients));
    }
  }
  return {{"bench", "checkpoint"}, {"seconds", kSeconds}, {"cases", std::move(cases)}};
}

}  // namespace tollgate::bench
