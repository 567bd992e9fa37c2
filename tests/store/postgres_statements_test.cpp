// How many statements, round trips and transactions each call of the store takes, whatever the amount of data; and that
// no frequent call reads a large table from its beginning to its end.
#include <algorithm>
#include <array>

#include <boost/asio/steady_timer.hpp>

#include "store/postgres/pg_session_list.hpp"
#include "store/postgres/pg_target.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using test::SharedPostgres;

constexpr const char* kDatabase = "statements";

std::int64_t number(const std::string& sql) {
  return std::stoll(SharedPostgres::server().execute(sql, kDatabase));
}

struct Cost {
  std::int64_t statements = 0, round_trips = 0, writing_transactions = 0;
  friend bool operator==(const Cost&, const Cost&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Cost& cost) {
    return out << cost.statements << " statements, " << cost.round_trips << " round trips, "
               << cost.writing_transactions << " writing transactions";
  }
};

class PostgresStatements : public testing::Test {
 protected:
  PostgresStatements() : stores_({.url = SharedPostgres::empty_database(kDatabase)}) {
    SharedPostgres::server().execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", kDatabase);
  }

  SessionStore& store() { return *stores_.sessions; }

  // Hints to other processes, which go out beside the calls, are not of them; nor are BEGIN and COMMIT, which the
  // view counts at their first use on a connection only.
  static std::int64_t statements() {
    return number(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
        "WHERE d.datname = 'statements' AND query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE '%pg_notify%' "
        "AND query NOT LIKE '%pg_snapshot_xmax%' AND query NOT LIKE 'BEGIN%' AND query <> 'COMMIT'");
  }
  static std::int64_t transactions() { return number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"); }
  std::int64_t round_trips() { return stores_.database->pool_counters().round_trips; }
  // Of hints: one transaction each, 10 ms after the call.
  static std::int64_t hints() {
    return number(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
        "WHERE d.datname = 'statements' AND query LIKE '%pg_notify%' AND query NOT LIKE '%pg_stat_statements%'");
  }

  template <typename Call>
  Cost cost_of(Call call) {
    wait_for_hints();
    const auto hints_before = hints();
    const Cost before{statements(), round_trips(), transactions()};
    call();
    wait_for_hints();
    const auto sent = hints() - hints_before;
    return {statements() - before.statements, round_trips() - before.round_trips,
            transactions() - before.writing_transactions - sent};
  }

  // The pool is still after each: none is under way, and none is gathering.
  void wait_for_hints() {
    boost::asio::io_context context;
    boost::asio::steady_timer timer(context, std::chrono::milliseconds(40));
    timer.async_wait([](const boost::system::error_code&) {});
    context.run();
  }

  // A session with that many answers, assessments and checkpoints.
  base::SessionId session_with(int entries) {
    const auto id = test::create_session(store());
    std::vector<NewInput> inputs;
    for (int i = 0; i < entries; ++i) {
      inputs.push_back(test::answer(fmt::format("q{}", i % 7), i, fmt::format("k{}", i)));
    }
    EXPECT_TRUE(test::run(store().append_inputs(id, inputs)));
    const auto lease = test::value_of(test::run(store().acquire_lease(id, "session", owner_, std::chrono::hours(1))));
    OutcomeCommit commit{.lease = lease, .at = test::second(2)};
    for (int i = 0; i < entries; ++i) {
      commit.outcomes.push_back({"assessment", fmt::format("q{}", i % 7), i, i, test::second(2)});
      commit.checkpoints.push_back(checkpoint(i + 1));
      commit.events.push_back({.type = "answer.assessed", .body = base::Value::Record{}});
    }
    commit.blobs.push_back(blob_);
    EXPECT_TRUE(test::run(store().commit(commit)));
    EXPECT_TRUE(test::run(store().release_lease(lease)));
    return id;
  }

  CheckpointRow checkpoint(std::int64_t seq) const {
    return {seq, base::Sha256::of(std::to_string(seq)), "{}", {blob_.digest}};
  }

  const base::BootId owner_ = test::new_owner();
  const Blob blob_{base::Sha256::of("content"), "content"};
  test::PostgresStores stores_;
};

TEST_F(PostgresStatements, AreAsManyForALongSessionAsForAShortOne) {
  for (const int entries : {1, 300}) {
    SCOPED_TRACE(fmt::format("{} entries", entries));
    const auto id = session_with(entries);
    Lease lease;
    EXPECT_EQ(cost_of([&] { test::create_session(store()); }), (Cost{4, 3, 1}));  // the protocol is known: no write
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::append(store(), id, test::answer("q1", "x", "new"))); }),
              (Cost{5, 2, 1}));
    std::vector<NewInput> many;
    for (int i = 0; i < 50; ++i) many.push_back(test::answer("q2", i, fmt::format("many{}", i)));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().append_inputs(id, many))); }), (Cost{5, 2, 1}));
    EXPECT_EQ(cost_of([&] {
                lease =
                    test::value_of(test::run(store().acquire_lease(id, "session", owner_, std::chrono::minutes(1))));
              }),
              (Cost{3, 1, 1}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().renew_lease(lease, std::chrono::minutes(1)))); }),
              (Cost{1, 1, 1}));
    OutcomeCommit commit{.lease = lease,
                         .outcomes = {{"assessment", "q1", 1'000, "good", test::second(3)}},
                         .events = {{.type = "answer.assessed", .body = base::Value::Record{}}},
                         .at = test::second(3)};
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().commit(commit))); }), (Cost{4, 2, 1}));
    commit.outcomes[0].version = 1'001;
    commit.checkpoints = {checkpoint(entries + 1)};
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().commit(commit))); }), (Cost{6, 2, 1}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().load(id))); }), (Cost{4, 1, 0}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().load(id))); }), (Cost{2, 1, 0}));  // nothing new
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().events(id, 0, 1'000))); }), (Cost{2, 1, 0}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().list({.owner = "local"}))); }), (Cost{3, 2, 0}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().list({.owner = "local"}))); }), (Cost{2, 1, 0}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(stores_.identities->access(id, "ann"))); }), (Cost{1, 1, 0}));
    EXPECT_EQ(cost_of([&] { ASSERT_TRUE(test::run(store().remove(id))); }), (Cost{3, 1, 1}));
  }
}

Async<std::string> explain(const PgTarget& target, const std::string& sql, const PgParameters& parameters) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  CO_TRY(const auto db, co_await PgConnection::open(target, PostgresPooler::kTransactions, deadline));
  CO_TRY(const auto results, co_await db->run(PgBatch().add(sql, parameters)));
  std::string plan;
  for (int i = 0; i < results[0].size(); ++i) plan += fmt::format("{}\n", results[0].row(i).text(0));
  co_return plan;
}

// 100,000 sessions of 1,000 owners, one in ten decided, with events; an account that takes part in a hundred.
void generate_sessions() {
  SharedPostgres::server().execute(
      R"sql(
INSERT INTO protocol VALUES (sha256('{}'), 'demo', '1.0', 'Demo', '{}');
INSERT INTO session SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
  'Review ' || n || CASE WHEN n % 5000 = 0 THEN ' of the Heron pump' ELSE ' of a proposal' END,
  'owner' || n % 1000, 'key' || n, sha256('{}'), 'demo', '{}', NULL, NULL, n FROM generate_series(1, 100000) n;
INSERT INTO session_state SELECT id, owner, CASE WHEN created_at % 10 = 0 THEN 'decided' ELSE 'open' END, '', created_at, 5
  FROM session;
INSERT INTO event SELECT id, seq, 'answer.submitted', created_at, '{}' FROM session, generate_series(1, 5) seq;
INSERT INTO input SELECT id, 'answer', 'q', 1, 'k', created_at, '"x"' FROM session;
INSERT INTO account VALUES ('ann', 'reviewer', '', 0, false);
INSERT INTO member SELECT id, 'ann', 'auditor' FROM session WHERE created_at % 1000 = 7;
)sql",
      kDatabase);
  SharedPostgres::server().execute("VACUUM ANALYZE", kDatabase);
}

// The plan of each listing, for its own parameters and in general.
void expect_pages_from_indexes(const std::vector<std::pair<std::string, SessionFilter>>& listings) {
  const auto target = test::value_of(read_target({.url = SharedPostgres::server().url(kDatabase)}));
  for (const auto& [name, filter] : listings) {
    auto statement = test::value_of(list_statement(filter));
    const auto sql = "EXPLAIN " + statement.sql;
    const auto plan = test::run(explain(target, sql, statement.parameters));
    ASSERT_TRUE(plan) << name << ": " << plan.error().message << plan.error().detail;
    EXPECT_EQ(plan->find("Seq Scan on session"), std::string::npos) << name << ":\n" << *plan;
    if (!filter.title_contains.empty() || filter.visible_to == "ann") continue;  // a few rows by their keys, or those
    EXPECT_NE(plan->find("Index Only Scan Backward using session_state_by_"), std::string::npos) << name << ":\n"
                                                                                                 << *plan;
    if (filter.visible_to.empty()) EXPECT_EQ(plan->find("Sort  "), std::string::npos) << name << ":\n" << *plan;
  }
}

TEST_F(PostgresStatements, ReadNoLargeTableFromBeginningToEnd) {
  generate_sessions();
  const auto id = *base::SessionId::parse("00000000-0000-7000-8000-00000000c350");
  const std::vector<std::pair<std::string, SessionFilter>> listings{
      {"all", {}},
      {"of an owner", {.owner = "owner7"}},
      {"decided", {.status = SessionStatus::kDecided}},
      {"decided of an owner", {.owner = "owner10", .status = SessionStatus::kDecided}},
      {"rare text", {.title_contains = "heron PUMP"}},
      {"frequent text", {.title_contains = "proposal"}},
      {"absent text", {.title_contains = "zeppelin"}},
      {"text of an owner", {.owner = "owner0", .title_contains = "heron"}},
      {"visible to a member", {.visible_to = "ann"}},
      {"visible to an owner", {.visible_to = "owner7"}},
  };
  expect_pages_from_indexes(listings);
  // Until its end a connection keeps its count to itself. The tables are read in whole by nothing else meanwhile.
  const auto scans = [] {
    return number(
        "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN "
        "('session', 'session_state', 'event', 'input')");
  };
  const auto before = scans();
  {
    test::PostgresStores fresh({.url = SharedPostgres::server().url(kDatabase)});
    auto& store = *fresh.sessions;
    for (const auto& [name, filter] : listings) {
      std::vector<std::chrono::microseconds> times;
      for (int i = 0; i < 20; ++i) {  // more often than the server takes to settle on a general plan
        auto wanted = filter;
        for (int page = 0; page < 2; ++page) {
          const auto start = std::chrono::steady_clock::now();
          const auto found = test::run(store.list(wanted));
          times.push_back(
              std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start));
          ASSERT_TRUE(found) << name << ": " << found.error().message << found.error().detail;
          if (found->next.empty()) break;
          wanted.cursor = found->next;
        }
      }
      std::ranges::sort(times);
      RecordProperty(name,
                     fmt::format("p50 {} us, worst {} us", times[times.size() / 2].count(), times.back().count()));
      fmt::print("list {:<22} p50 {:>6} us, worst {:>6} us\n", name, times[times.size() / 2].count(),
                 times.back().count());
      EXPECT_LT(times[times.size() / 2], std::chrono::milliseconds(20)) << name;
    }
    for (int i = 0; i < 8; ++i) {
      ASSERT_EQ(test::run(store.events(id, 2, 3))->size(), 3u);
      ASSERT_TRUE(test::run(store.load(id)));
      ASSERT_TRUE(test::append(store, id, test::answer("q", i, fmt::format("new{}", i))));
      ASSERT_TRUE(test::run(fresh.identities->access(id, "ann")));
    }
    EXPECT_EQ(test::run(store.list({.title_contains = "heron PUMP"}))->rows.size(), 20u);
    EXPECT_EQ(test::run(store.list({.visible_to = "ann", .limit = 200}))->rows.size(), 100u);
  }
  EXPECT_EQ(scans() - before, 0);
}

// The heartbeat of every run; a change of an indexed column, or a full page, would make it dear.
TEST_F(PostgresStatements, RenewALeaseInItsPageAlone) {
  const auto updates = [](const std::string& column) {
    return number("SELECT " + column + " FROM pg_stat_user_tables WHERE relname = 'lease'");
  };
  const auto all = updates("n_tup_upd");
  const auto hot = updates("n_tup_hot_upd");
  constexpr int kRenewals = 500;
  {
    test::PostgresStores fresh({.url = SharedPostgres::server().url(kDatabase)});  // its end makes the counts known
    std::vector<Lease> leases;
    for (int i = 0; i < 20; ++i) {
      const auto id = test::create_session(*fresh.sessions);
      leases.push_back(*test::run(fresh.sessions->acquire_lease(id, "session", owner_, std::chrono::hours(1))));
    }
    for (int i = 0; i < kRenewals; ++i) {
      ASSERT_TRUE(
          test::run(fresh.sessions->renew_lease(leases[static_cast<std::size_t>(i % 20)], std::chrono::hours(1))));
    }
  }
  // The server's processes tell what they counted when they end, which a busy machine does a moment later.
  for (int i = 0; i < 200 && updates("n_tup_upd") - all < kRenewals; ++i) (void)number("SELECT 0 FROM pg_sleep(0.05)");
  EXPECT_GE(updates("n_tup_upd") - all, kRenewals);
  EXPECT_GE(updates("n_tup_hot_upd") - hot, kRenewals * 95 / 100);
}

}  // namespace
}  // namespace tollgate::store
