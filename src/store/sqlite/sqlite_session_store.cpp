#include "store/sqlite/sqlite_session_store.hpp"

#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "store/process_identity.hpp"
#include "store/request_checks.hpp"
#include "store/sqlite/checkpoint_rows.hpp"
#include "store/sqlite/entry_rows.hpp"
#include "store/sqlite/lease_rows.hpp"
#include "store/sqlite/sealed_rows.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace tollgate::store {
namespace {

class SqliteSessionStore final : public SessionStore {
 public:
  explicit SqliteSessionStore(std::shared_ptr<SqliteDatabase> database)
      : process_(this_process()), database_(std::move(database)) {}

  Async<void> save_protocol(ProtocolRow protocol) override {
    CO_TRY_STATUS(check_protocol(protocol));
    auto body = [protocol = std::move(protocol)](Connection& db) { return insert_protocol(db, protocol); };
    co_return co_await database_->write<void>(std::move(body));
  }

  Async<ProtocolRow> protocol(base::Sha256 hash) override {
    return database_->read<ProtocolRow>([hash](Connection& db) { return select_protocol(db, hash); });
  }

  Async<SessionRow> create_session(NewSession session) override {
    CO_TRY_STATUS(check_new_session(session));
    auto body = [session = std::move(session)](Connection& db, const ValueCipher& cipher) {
      return insert_session(db, cipher, session);
    };
    co_return co_await write_sealed<SessionRow>(std::move(body));
  }

  Async<SessionRecord> load(base::SessionId id) override {
    return read_sealed<SessionRecord>(
        [id](Connection& db, const ValueCipher& cipher) { return select_record(db, cipher, id); });
  }

  Async<SessionPage> list(SessionFilter filter) override {
    CO_TRY_STATUS(check_filter(filter));
    auto body = [filter = std::move(filter)](Connection& db, const ValueCipher&) { return select_page(db, filter); };
    co_return co_await read_sealed<SessionPage>(std::move(body));
  }

  Async<void> remove(base::SessionId id) override {
    return database_->write<void>([id](Connection& db) { return delete_session(db, id); });
  }

  Async<std::vector<AppendedInput>> append_inputs(base::SessionId id, std::vector<NewInput> inputs) override {
    CO_TRY_STATUS(check_inputs(inputs));
    auto body = [id, inputs = std::move(inputs)](Connection& db, const ValueCipher& cipher) {
      return insert_inputs(db, cipher, id, inputs);
    };
    co_return co_await write_sealed<std::vector<AppendedInput>>(std::move(body));
  }

  Async<Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                             std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(scope, ttl));
    LeaseRequest request{id, std::move(scope), owner, ttl, process_};
    auto body = [request = std::move(request)](Connection& db) { return take_lease(db, request, now()); };
    co_return co_await database_->write<Lease>(std::move(body));
  }

  Async<void> renew_lease(Lease lease, std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(lease.scope, ttl));
    auto body = [lease = std::move(lease), ttl](Connection& db) { return extend_lease(db, lease, ttl, now()); };
    co_return co_await database_->write<void>(std::move(body));
  }

  Async<void> release_lease(Lease lease) override {
    return database_->write<void>([lease = std::move(lease)](Connection& db) { return drop_lease(db, lease); });
  }

  Async<std::int64_t> commit(OutcomeCommit commit) override {
    CO_TRY_STATUS(check_commit(commit));
    auto body = [commit = std::move(commit)](Connection& db, const ValueCipher& cipher) -> base::Result<std::int64_t> {
      TRY_STATUS(extend_lease(db, commit.lease, now()));
      return insert_outcomes(db, cipher, commit);
    };
    co_return co_await write_sealed<std::int64_t>(std::move(body));
  }

  Async<std::vector<Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) override {
    CO_TRY_STATUS(check_event_range(after, limit));
    auto body = [id, after, limit](Connection& db, const ValueCipher& cipher) {
      return select_events(db, cipher, id, after, limit);
    };
    co_return co_await read_sealed<std::vector<Event>>(std::move(body));
  }

  Async<void> save_blob(Blob blob) override {
    CO_TRY_STATUS(check_blob(blob));
    auto body = [blob = std::move(blob)](Connection& db, const ValueCipher& cipher) {
      return insert_blob(db, cipher, blob);
    };
    co_return co_await write_sealed<void>(std::move(body));
  }

  Async<std::string> blob(base::Sha256 digest) override {
    return read_sealed<std::string>(
        [digest](Connection& db, const ValueCipher& cipher) { return select_blob(db, cipher, digest); });
  }

 private:
  // `body`: Result<T>(Connection&, const ValueCipher&), in a transaction in which the cipher's keys are those the
  // database needs: a rotation may run beside it.
  template <typename T, typename Body>
  Async<T> write_sealed(Body body) {
    return database_->write<T>(with_keys<T>(std::move(body)));
  }
  template <typename T, typename Body>
  Async<T> read_sealed(Body body) {
    return database_->read<T>(with_keys<T>(std::move(body)));
  }
  template <typename T, typename Body>
  auto with_keys(Body body) const {
    return [&cipher = database_->cipher(), body = std::move(body)](Connection& db) -> base::Result<T> {
      TRY_STATUS(check_keys(db, cipher));
      return body(db, cipher);
    };
  }

  static base::Timestamp now() { return base::SystemClock().now(); }

  const ProcessIdentity process_;
  const std::shared_ptr<SqliteDatabase> database_;
};

}  // namespace

std::unique_ptr<SessionStore> make_sqlite_session_store(std::shared_ptr<SqliteDatabase> database) {
  return std::make_unique<SqliteSessionStore>(std::move(database));
}

base::Result<std::unique_ptr<SessionStore>> open_sqlite_store(SqliteConfig config) {
  TRY(auto database, SqliteDatabase::open(config));
  return make_sqlite_session_store(std::move(database));
}

}  // namespace tollgate::store
