#include "store/sqlite/sqlite_session_store.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "store/await_reply.hpp"
#include "store/list_cursor.hpp"
#include "store/request_checks.hpp"
#include "store/sqlite/checkpoint_rows.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/entry_rows.hpp"
#include "store/sqlite/lease_rows.hpp"
#include "store/sqlite/process_identity.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/sqlite/writer.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// Runs `body` between BEGIN and COMMIT, so that all its statements see the same state of the database.
template <typename T, typename Body>
base::Result<T> read_consistently(Connection& db, const Body& body) {
  TRY_STATUS(db.execute("BEGIN"));
  auto result = body(db);
  auto ended = db.execute("COMMIT");
  if (!ended && db.in_transaction()) (void)db.execute("ROLLBACK");
  return result;
}

class SqliteSessionStore final : public SessionStore {
 public:
  SqliteSessionStore(std::unique_ptr<Connection> writer, std::vector<std::unique_ptr<Connection>> readers)
      : process_(this_process()), writer_(std::move(writer)), readers_(std::move(readers)) {}

  Async<void> save_protocol(ProtocolRow protocol) override {
    CO_TRY_STATUS(check_protocol(protocol));
    auto body = [protocol = std::move(protocol)](Connection& db) { return insert_protocol(db, protocol); };
    co_return co_await write<void>(std::move(body));
  }

  Async<ProtocolRow> protocol(base::Sha256 hash) override {
    return read<ProtocolRow>([hash](Connection& db) { return select_protocol(db, hash); });
  }

  Async<SessionRow> create_session(NewSession session) override {
    CO_TRY_STATUS(check_new_session(session));
    auto body = [session = std::move(session)](Connection& db) { return insert_session(db, session); };
    co_return co_await write<SessionRow>(std::move(body));
  }

  Async<SessionRecord> load(base::SessionId id) override {
    return read<SessionRecord>([id](Connection& db) { return select_record(db, id); });
  }

  Async<SessionPage> list(SessionFilter filter) override {
    CO_TRY_STATUS(check_filter(filter));
    auto body = [filter = std::move(filter)](Connection& db) { return select_page(db, filter); };
    co_return co_await read<SessionPage>(std::move(body));
  }

  Async<void> remove(base::SessionId id) override {
    return write<void>([id](Connection& db) { return delete_session(db, id); });
  }

  Async<std::vector<AppendedInput>> append_inputs(base::SessionId id, std::vector<NewInput> inputs) override {
    CO_TRY_STATUS(check_inputs(inputs));
    auto body = [id, inputs = std::move(inputs)](Connection& db) { return insert_inputs(db, id, inputs); };
    co_return co_await write<std::vector<AppendedInput>>(std::move(body));
  }

  Async<Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                             std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(scope, ttl));
    LeaseRequest request{id, std::move(scope), owner, ttl, process_};
    auto body = [request = std::move(request)](Connection& db) { return take_lease(db, request, now()); };
    co_return co_await write<Lease>(std::move(body));
  }

  Async<void> renew_lease(Lease lease, std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(lease.scope, ttl));
    auto body = [lease = std::move(lease), ttl](Connection& db) { return extend_lease(db, lease, ttl, now()); };
    co_return co_await write<void>(std::move(body));
  }

  Async<void> release_lease(Lease lease) override {
    return write<void>([lease = std::move(lease)](Connection& db) { return drop_lease(db, lease); });
  }

  Async<std::int64_t> commit(OutcomeCommit commit) override {
    CO_TRY_STATUS(check_commit(commit));
    auto body = [commit = std::move(commit)](Connection& db) -> base::Result<std::int64_t> {
      TRY_STATUS(extend_lease(db, commit.lease, now()));
      return insert_outcomes(db, commit);
    };
    co_return co_await write<std::int64_t>(std::move(body));
  }

  Async<std::vector<Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) override {
    CO_TRY_STATUS(check_event_range(after, limit));
    auto body = [id, after, limit](Connection& db) { return select_events(db, id, after, limit); };
    co_return co_await read<std::vector<Event>>(std::move(body));
  }

  Async<void> save_blob(Blob blob) override {
    CO_TRY_STATUS(check_blob(blob));
    auto body = [blob = std::move(blob)](Connection& db) { return insert_blob(db, blob); };
    co_return co_await write<void>(std::move(body));
  }

  Async<std::string> blob(base::Sha256 digest) override {
    return read<std::string>([digest](Connection& db) { return select_blob(db, digest); });
  }

 private:
  static base::Timestamp now() { return base::SystemClock().now(); }

  // `body`: Result<T>(Connection&), which may run more than once; its result counts only once it is committed.
  template <typename T, typename Body>
  Async<T> write(Body body) {
    auto submit = [&writer = writer_, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      auto result = std::make_shared<std::optional<base::Result<T>>>();  // both halves of the job use it
      WriteJob job;
      job.run = [result, body = std::move(body)](Connection& db) -> base::Status {
        result->emplace(body(db));
        if (!**result) return fail((*result)->error());
        return {};
      };
      job.finish = [result, reply = std::move(reply)](base::Status committed) {
        reply->complete(committed ? std::move(**result) : base::Result<T>(fail(std::move(committed).error())));
      };
      writer.submit(std::move(job));
    };
    return await_reply<T>(std::move(submit));
  }

  template <typename T, typename Body>
  Async<T> read(Body body) {
    auto submit = [&readers = readers_, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      ReadJob job = [reply, body = std::move(body)](Connection& db) {
        if (reply->wanted()) reply->complete(read_or_explain<T>(db, body));
      };
      if (!readers.submit(job)) {
        reply->complete(
            fail(ErrorCode::kUnavailable, "the database cannot keep up: too many reads are waiting. Try again"));
      }
    };
    return await_reply<T>(std::move(submit));
  }

  template <typename T, typename Body>
  static base::Result<T> read_or_explain(Connection& db, const Body& body) {
    try {  // the thread's boundary: an exception here would end the program
      return read_consistently<T>(db, body);
    } catch (const std::exception& exception) {
      if (db.in_transaction()) (void)db.execute("ROLLBACK");
      return fail(ErrorCode::kInternal, "a read failed unexpectedly", exception.what());
    }
  }

  const ProcessIdentity process_;
  Writer writer_;
  ReaderPool readers_;
};

base::Status check_config(const SqliteConfig& config) {
  if (config.path.empty() || config.path.starts_with("file:") || config.path.starts_with(":") ||
      config.path.find('\0') != std::string::npos) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no path of a database file: write sqlite:PATH, for example sqlite:tollgate.db",
                            config.path));
  }
  if (config.readers >= 1 && config.readers <= 16 && config.max_page_count >= 0) return {};
  return fail(ErrorCode::kInvalidArgument, "SQLite readers must lie in 1–16, and the page limit must not be negative");
}

}  // namespace

base::Result<std::unique_ptr<SessionStore>> open_sqlite_store(SqliteConfig config) {
  TRY_STATUS(check_config(config));
  TRY_STATUS(create_database_file(config.path));
  TRY(auto writer, open_database(config.path));
  SqliteMigrationTarget target(*writer);
  TRY_STATUS(migrate_up(target, sqlite_migration_files()));
  if (config.max_page_count > 0) {
    TRY_STATUS(writer->execute_script(fmt::format("PRAGMA max_page_count = {}", config.max_page_count)));
  }
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < config.readers; ++i) {
    TRY(readers.emplace_back(), Connection::open(config.path, Connection::Access::kReadOnly));
  }
  return std::make_unique<SqliteSessionStore>(std::move(writer), std::move(readers));
}

base::Result<MigrationStatus> sqlite_migration_status(const SqliteConfig& config) {
  TRY_STATUS(check_config(config));
  std::error_code error;
  if (!std::filesystem::exists(config.path, error)) {
    return fail(ErrorCode::kNotFound, fmt::format("there is no database {}", config.path));
  }
  TRY(auto connection, open_database(config.path));
  SqliteMigrationTarget target(*connection);
  return migration_status(target, sqlite_migration_files());
}

base::Result<MigrationStatus> migrate_sqlite(const SqliteConfig& config) {
  TRY_STATUS(check_config(config));
  TRY_STATUS(create_database_file(config.path));
  TRY(auto connection, open_database(config.path));
  SqliteMigrationTarget target(*connection);
  return migrate_up(target, sqlite_migration_files());
}

}  // namespace tollgate::store
