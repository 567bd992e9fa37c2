// The hot queries on 100,000 sessions: as a first draft would have them, with each measure by itself, and as the store
// has them.
//
// The draft: a key for each table that is one column and no other index, a statement for each child row, one round trip
// for each statement, a new connection for each call. All variants take turns, so that they see the same machine.
#include <array>
#include <functional>
#include <map>
#include <memory>

#include "bench/postgres/benchmarks.hpp"
#include "bench/postgres/figures.hpp"
#include "store/postgres/pg_target.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_session_store.hpp"
#include "tests/fakes/postgres_server.hpp"
#include "tests/store/driven_context.hpp"

namespace tollgate::bench {
namespace {

using base::Value;
using store::Async;
using store::PgBatch;
using store::PgConnection;
using store::PgResult;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kSessions = 100'000;
constexpr std::int64_t kOwners = 1'000;
constexpr std::int64_t kPage = 50;
constexpr int kAnswers = 5;       // of one call
constexpr std::int64_t kHot = 8;  // sessions that are asked for again and again
constexpr int kRounds = 5;
constexpr std::size_t kMostCalls = 60;  // of a variant in a round
constexpr std::chrono::milliseconds kMostTime{800};

constexpr const char* kGenerate = R"sql(
INSERT INTO protocol VALUES (sha256('{}'), 'demo', '1.0', 'Demo', '{}');
INSERT INTO session SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Review of proposal ' || n,
  'owner' || n % 1000, 'key' || n, sha256('{}'), 'demo', '{}', NULL, NULL, n FROM generate_series(1, 100000) n;
INSERT INTO session_state SELECT id, owner, CASE WHEN created_at % 10 = 0 THEN 'decided' ELSE 'open' END, '', created_at,
  6 FROM session;
INSERT INTO event SELECT id, seq, 'answer.submitted', created_at, '{"question":"q"}' FROM session, generate_series(1, 6) seq;
INSERT INTO input SELECT id, 'answer', 'q' || q, 1, 'k' || q, created_at, '"' || repeat('answer ', 30) || '"'
  FROM session, generate_series(1, 4) q;
INSERT INTO outcome SELECT id, 'assessment', 'q' || q, 1, 1, created_at, '"' || repeat('assessment ', 20) || '"'
  FROM session, generate_series(1, 4) q;
INSERT INTO blob VALUES (sha256('content'), 'content');
INSERT INTO checkpoint SELECT id, 1, sha256(id::text::bytea), '{}' FROM session;
INSERT INTO checkpoint_blob SELECT id, 1, sha256('content') FROM session;
)sql";

constexpr const char* kDropIndexes = R"sql(
ALTER TABLE input DROP CONSTRAINT input_pkey, DROP CONSTRAINT input_session_idempotency_key_key;
ALTER TABLE outcome DROP CONSTRAINT outcome_pkey;
ALTER TABLE event DROP CONSTRAINT event_pkey;
ALTER TABLE checkpoint DROP CONSTRAINT checkpoint_pkey;
ALTER TABLE checkpoint_blob DROP CONSTRAINT checkpoint_blob_pkey;
DROP INDEX session_state_by_change, session_state_by_owner_and_change, session_by_title;
)sql";

// Which measures a variant takes.
struct Measures {
  bool indexes = false;
  bool one_statement = false;
  bool pooled = false;
  bool pipelined = false;
  bool cached = false;
};

struct Variant {
  const char* name;
  Measures measures;
  bool is_product = false;
};

constexpr std::array kVariants = {
    Variant{"plain", {}},
    Variant{"indexes", {.indexes = true}},
    Variant{"one statement", {.one_statement = true}},
    Variant{"pooled, prepared", {.pooled = true}},
    Variant{"pipelining", {.pipelined = true}},
    Variant{"result cache", {.cached = true}},
    Variant{"pooled+indexes+one", {.indexes = true, .one_statement = true, .pooled = true}},
    Variant{"all: the store", {}, true},
};
constexpr std::size_t kPlain = 0, kPooled = 3, kPooledIndexed = 6;

base::SessionId session_of(std::int64_t number) {
  return *base::SessionId::parse(fmt::format("00000000-0000-7000-8000-{:012x}", number));
}

using Statements = std::vector<PgBatch>;

// In one round trip, or in one each.
Async<std::vector<PgResult>> run_all(PgConnection& db, const Measures& measures, Statements statements) {
  std::vector<PgResult> results;
  if (measures.pipelined) {
    PgBatch together;
    for (const auto& batch : statements) {
      for (const auto& statement : batch.statements()) together.add(statement.sql, statement.parameters);
    }
    co_return co_await db.run(std::move(together));
  }
  for (auto& batch : statements) {
    CO_TRY(auto one, co_await db.run(std::move(batch)));
    for (auto& result : one) results.push_back(std::move(result));
  }
  co_return results;
}

// --- A page of an owner's open sessions ---

constexpr const char* kHeaders =
    "SELECT title, owner, protocol_hash, protocol_id, created_at FROM session WHERE id = $1";
std::map<base::Uuid, std::string> known_titles;  // the cache of the variant with one

Async<void> list_page(PgConnection& db, const Measures& measures, std::int64_t n) {
  const auto owner = fmt::format("owner{}", n % kOwners);
  if (measures.one_statement && !measures.cached) {
    CO_TRY_STATUS(co_await db.run(PgBatch().add(
        "SELECT s.id, s.title, s.owner, s.protocol_hash, s.protocol_id, s.created_at, t.status, t.decision, "
        "t.updated_at, t.head_seq FROM session_state t JOIN session s ON s.id = t.session "
        "WHERE t.owner = $1 AND t.status = 'open' ORDER BY t.updated_at DESC, t.session DESC LIMIT $2",
        owner, kPage + 1)));
    co_return base::Status{};
  }
  CO_TRY(const auto page,
         co_await db.run(
             PgBatch().add("SELECT session, status, decision, updated_at, head_seq FROM session_state WHERE owner = $1 "
                           "AND status = 'open' ORDER BY updated_at DESC, session DESC LIMIT $2",
                           owner, kPage + 1)));
  Statements children;
  std::vector<base::Uuid> missing;
  for (int i = 0; i < page[0].size(); ++i) {
    const auto id = page[0].row(i).uuid(0);
    if (measures.cached && known_titles.contains(id)) continue;
    missing.push_back(id);
    children.push_back(PgBatch().add(kHeaders, id));
  }
  CO_TRY(const auto headers, co_await run_all(db, measures, std::move(children)));
  for (std::size_t i = 0; measures.cached && i < missing.size(); ++i)
    known_titles[missing[i]] = headers[i].front().text(0);
  co_return base::Status{};
}

// --- A whole session ---

std::map<std::int64_t, std::int64_t> known_versions;

Async<void> load_session(PgConnection& db, const Measures& measures, std::int64_t n) {
  const auto id = session_of(n);
  if (measures.cached) {
    CO_TRY(const auto now,
           co_await db.run(PgBatch().add("SELECT xmin::text::bigint FROM session_state WHERE session = $1", id)));
    const auto version = now[0].front().integer(0);
    if (const auto known = known_versions.find(n); known != known_versions.end() && known->second == version) {
      co_return base::Status{};
    }
    known_versions[n] = version;
  }
  Statements first;
  first.push_back(
      PgBatch().add("SELECT * FROM session s JOIN session_state t ON t.session = s.id WHERE s.id = $1", id));
  if (measures.one_statement) {
    first.push_back(
        PgBatch().add("SELECT kind, subject, version, at, body FROM input WHERE session = $1 "
                      "UNION ALL SELECT kind, subject, version, at, body FROM outcome WHERE session = $1",
                      id));
    first.push_back(
        PgBatch().add("SELECT c.seq, c.hash, c.manifest, (SELECT string_agg(b.digest, ''::bytea) FROM "
                      "checkpoint_blob b WHERE b.session = c.session AND b.seq = c.seq) FROM checkpoint c "
                      "WHERE c.session = $1",
                      id));
    CO_TRY_STATUS(co_await run_all(db, measures, std::move(first)));
    co_return base::Status{};
  }
  first.push_back(PgBatch().add("SELECT subject, version FROM input WHERE session = $1", id));
  first.push_back(PgBatch().add("SELECT subject, version FROM outcome WHERE session = $1", id));
  first.push_back(PgBatch().add("SELECT seq, hash, manifest FROM checkpoint WHERE session = $1", id));
  CO_TRY(const auto found, co_await run_all(db, measures, std::move(first)));
  Statements children;
  const auto each = [&](const PgResult& rows, const char* sql) {
    for (int i = 0; i < rows.size(); ++i) {
      children.push_back(PgBatch().add(sql, id, std::string(rows.row(i).text(0)), rows.row(i).integer(1)));
    }
  };
  each(found[1], "SELECT at, body FROM input WHERE session = $1 AND subject = $2 AND kind = 'answer' AND version = $3");
  each(found[2],
       "SELECT at, body FROM outcome WHERE session = $1 AND subject = $2 AND kind = 'assessment' AND version = $3");
  for (int i = 0; i < found[3].size(); ++i) {
    children.push_back(PgBatch().add("SELECT digest FROM checkpoint_blob WHERE session = $1 AND seq = $2", id,
                                     found[3].row(i).integer(0)));
  }
  CO_TRY_STATUS(co_await run_all(db, measures, std::move(children)));
  co_return base::Status{};
}

// --- New events, as a stream reads them ---

Async<void> read_events(PgConnection& db, const Measures& measures, std::int64_t n) {
  const auto id = session_of(n);
  CO_TRY(const auto head, co_await db.run(PgBatch().add("SELECT head_seq FROM session_state WHERE session = $1", id)));
  if (measures.one_statement) {
    CO_TRY_STATUS(co_await db.run(
        PgBatch().add("SELECT seq, type, at, body FROM event WHERE session = $1 AND seq > $2 ORDER BY seq LIMIT 100",
                      id, std::int64_t{0})));
    co_return base::Status{};
  }
  Statements children;
  for (std::int64_t seq = 1; seq <= 6; ++seq) {
    children.push_back(PgBatch().add("SELECT type, at, body FROM event WHERE session = $1 AND seq = $2", id, seq));
  }
  CO_TRY_STATUS(co_await run_all(db, measures, std::move(children)));
  co_return base::Status{};
}

// --- Answers that are submitted together ---

std::string new_key() {
  static int count = 0;
  return fmt::format("bench-{}", ++count);
}

constexpr const char* kKnown = "SELECT version, body FROM input WHERE session = $1 AND idempotency_key = $2";
constexpr const char* kNewest =
    "SELECT coalesce(max(version), 0) FROM input WHERE session = $1 AND kind = 'answer' AND subject = $2";

Async<void> submit_one_by_one(PgConnection& db, const Measures& measures, const base::SessionId& id,
                              const std::vector<std::string>& keys, std::int64_t head) {
  Statements lookups;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    lookups.push_back(PgBatch().add(kKnown, id, keys[i]));
    lookups.push_back(PgBatch().add(kNewest, id, fmt::format("q{}", i + 1)));
  }
  CO_TRY(const auto found, co_await run_all(db, measures, std::move(lookups)));
  Statements writes;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto version = found[2 * i + 1].front().integer(0) + 1;
    ++head;
    writes.push_back(
        PgBatch().add("INSERT INTO input (session, kind, subject, version, idempotency_key, at, body) "
                      "VALUES ($1, 'answer', $2, $3, $4, $5, $6)",
                      id, fmt::format("q{}", i + 1), version, keys[i], head, "\"an answer\""));
    writes.push_back(
        PgBatch().add("INSERT INTO event (session, seq, type, at, body) VALUES ($1, $2, 'answer.submitted', $3, '{}')",
                      id, head, head));
    writes.push_back(PgBatch().add(
        "UPDATE session_state SET head_seq = $2, updated_at = updated_at + 1 WHERE session = $1", id, head));
  }
  writes.push_back(PgBatch().add("COMMIT"));
  CO_TRY_STATUS(co_await run_all(db, measures, std::move(writes)));
  co_return base::Status{};
}

Async<void> submit_together(PgConnection& db, const Measures& measures, const base::SessionId& id,
                            const std::vector<std::string>& keys, std::int64_t head) {
  std::vector<std::string> subjects, bodies;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    subjects.push_back(fmt::format("q{}", i + 1));
    bodies.push_back("\"an answer\"");
  }
  Statements lookups;
  lookups.push_back(
      PgBatch().add("SELECT version, body FROM input WHERE session = $1 AND idempotency_key = ANY ($2)", id, keys));
  lookups.push_back(
      PgBatch().add("SELECT subject, max(version) FROM input WHERE session = $1 AND kind = 'answer' "
                    "AND subject = ANY ($2) GROUP BY subject",
                    id, subjects));
  CO_TRY(const auto found, co_await run_all(db, measures, std::move(lookups)));
  std::map<std::string, std::int64_t> newest;
  for (int i = 0; i < found[1].size(); ++i) newest[std::string(found[1].row(i).text(0))] = found[1].row(i).integer(1);
  std::vector<std::int64_t> versions;
  for (const auto& subject : subjects) versions.push_back(newest[subject] + 1);
  Statements writes;
  writes.push_back(PgBatch().add(
      "WITH w AS (INSERT INTO input (session, kind, subject, version, idempotency_key, at, body) SELECT $1, 'answer', "
      "i.*, $6, "
      "'\"an answer\"' FROM unnest($2::text[], $3::bigint[], $4::text[]) AS i), "
      "e AS (INSERT INTO event (session, seq, type, at, body) SELECT $1, $5 + n, 'answer.submitted', $6, '{}' "
      "FROM generate_series(1, cardinality($2)) n) "
      "UPDATE session_state SET head_seq = $5 + cardinality($2), updated_at = updated_at + 1 WHERE session = $1",
      id, subjects, versions, keys, head, head));
  writes.push_back(PgBatch().add("COMMIT"));
  CO_TRY_STATUS(co_await run_all(db, measures, std::move(writes)));
  co_return base::Status{};
}

Async<void> submit_answers(PgConnection& db, const Measures& measures, std::int64_t n) {
  const auto id = session_of(n);
  std::vector<std::string> keys;
  for (int i = 0; i < kAnswers; ++i) keys.push_back(new_key());
  Statements begin;
  begin.push_back(PgBatch().add("BEGIN"));
  begin.push_back(PgBatch().add("SELECT head_seq FROM session_state WHERE session = $1 FOR NO KEY UPDATE", id));
  CO_TRY(const auto begun, co_await run_all(db, measures, std::move(begin)));
  const auto head = begun[1].front().integer(0);
  if (measures.one_statement) co_return co_await submit_together(db, measures, id, keys, head);
  co_return co_await submit_one_by_one(db, measures, id, keys, head);
}

// --- The store itself ---

Async<void> call_store(store::SessionStore& store, const std::string& query, std::int64_t n) {
  if (query == "list page") {
    CO_TRY_STATUS(
        co_await store.list({.owner = fmt::format("owner{}", n % kOwners), .status = store::SessionStatus::kOpen}));
  } else if (query == "load session") {
    CO_TRY_STATUS(co_await store.load(session_of(n)));
  } else if (query == "new events") {
    CO_TRY_STATUS(co_await store.events(session_of(n), 0, 100));
  } else {
    std::vector<store::NewInput> inputs;
    for (int i = 0; i < kAnswers; ++i) {
      inputs.push_back({.entry = {.kind = "answer", .subject = fmt::format("q{}", i + 1), .body = "an answer"},
                        .idempotency_key = new_key(),
                        .event_type = "answer.submitted",
                        .event_body = Value::Record{}});
    }
    CO_TRY_STATUS(co_await store.append_inputs(session_of(n), std::move(inputs)));
  }
  co_return base::Status{};
}

struct Query {
  const char* name;
  Async<void> (*run)(PgConnection&, const Measures&, std::int64_t n);
  bool is_cached = false;  // by the store; what is asked for once, or changes, is not
};
constexpr std::array kQueries = {Query{"list page", list_page, true}, Query{"load session", load_session, true},
                                 Query{"new events", read_events}, Query{"submit answers", submit_answers}};

class Bench {
 public:
  explicit Bench(fakes::PostgresServer& server)
      : draft_(value_of(store::read_target({.url = server.url("draft")}))),
        indexed_(value_of(store::read_target({.url = server.url("indexed")}))),
        store_(store::make_postgres_session_store(
            value_of(store::PostgresDatabase::open({.url = server.url("indexed")}, random_, {context_.executor()})))) {}

  Value::Record measure(const Query& query) {
    std::array<Times, kVariants.size()> times;
    if (query.is_cached) warm_up(query);
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t v = 0; v < kVariants.size(); ++v) {
        if (kVariants[v].measures.cached && !query.is_cached) continue;
        measure_some(query, kVariants[v], times[v]);
      }
    }
    return report(query, times);
  }

 private:
  void warm_up(const Query& query) {
    for (std::int64_t i = 0; i < kHot; ++i) check(context_.run(call(query, {.cached = true}, next())));
  }

  void measure_some(const Query& query, const Variant& variant, Times& times) {
    const auto end = Clock::now() + kMostTime;
    for (std::size_t i = 0; i < kMostCalls && (i < 3 || Clock::now() < end); ++i) {
      const auto n = next();
      const auto start = Clock::now();
      check(context_.run(variant.is_product ? call_store(*store_, query.name, n) : call(query, variant.measures, n)));
      times.add(Clock::now() - start);
    }
  }

  // Each variant sees the same sessions, some again and again: what is hot.
  std::int64_t next() {
    position_ = (position_ + 7) % kHot;
    return 1 + position_ * (kSessions / kHot - 1);
  }

  Async<void> call(const Query& query, Measures measures, std::int64_t n) {
    const auto& target = measures.indexes ? indexed_ : draft_;
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    if (!measures.pooled) {
      CO_TRY(const auto connection,
             co_await PgConnection::open(target, store::PostgresPooler::kTransactions, deadline));
      connection->set_deadline(deadline);
      co_return co_await query.run(*connection, measures, n);
    }
    auto& warm = warm_[measures.indexes ? 1 : 0];
    if (!warm) {
      CO_TRY(warm, co_await PgConnection::open(target, store::PostgresPooler::kNone, deadline));
    }
    warm->set_deadline(deadline);
    co_return co_await query.run(*warm, measures, n);
  }

  static double reduction(const Times& from, const Times& to, double percent) {
    return 1 - to.percentile(percent) / from.percentile(percent);
  }

  static Value::Record report(const Query& query, const std::array<Times, kVariants.size()>& times) {
    say("\n{:<20} {:>10} {:>10} {:>10} {:>10} {:>7}", query.name, "p50 ms", "p95 ms", "p99 ms", "less (p50)", "calls");
    Value::Record figures;
    for (std::size_t v = 0; v < kVariants.size(); ++v) {
      const auto& base = times[v == kPooledIndexed ? kPooled : kPlain];
      const auto& own = times[v];
      if (own.count() == 0) continue;
      say("{:<20} {:>10.3f} {:>10.3f} {:>10.3f} {:>9.1f}%{} {:>6}", kVariants[v].name, own.percentile(50),
          own.percentile(95), own.percentile(99), 100 * reduction(base, own, 50), v == kPooledIndexed ? "*" : " ",
          own.count());
      auto record = to_record(own);
      record["reduction_p50"] = rounded(reduction(base, own, 50));
      record["reduction_p99"] = rounded(reduction(base, own, 99));
      figures[kVariants[v].name] = std::move(record);
    }
    return figures;
  }

  base::SystemRandom random_;
  test::DrivenContext context_;
  const store::PgTarget draft_;
  const store::PgTarget indexed_;
  std::array<std::unique_ptr<PgConnection>, 2> warm_;
  std::unique_ptr<store::SessionStore> store_;
  std::int64_t position_ = 0;
};

}  // namespace

Value::Record measure_queries() {
  fakes::PostgresServer server(
      fakes::PostgresServer::Durability::kOn,
      {"-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB", "-c", "checkpoint_timeout=30min"});
  server.execute("CREATE DATABASE indexed");
  (void)value_of(store::migrate_postgres({.url = server.url("indexed")}));
  say("generating {} sessions", kSessions);
  server.execute(kGenerate, "indexed");
  server.execute("CREATE DATABASE draft TEMPLATE indexed");
  server.execute(kDropIndexes, "draft");
  for (const char* database : {"indexed", "draft"}) server.execute("VACUUM ANALYZE", database);
  Bench bench(server);
  Value::Record figures{{"bench", "queries"}, {"sessions", kSessions}};
  Value::Record queries;
  for (const auto& query : kQueries) queries[query.name] = bench.measure(query);
  say("\n* less than \"pooled, prepared\": what indexes and the shape of statements give on a warm pooled connection");
  figures["queries"] = std::move(queries);
  return figures;
}

}  // namespace tollgate::bench
