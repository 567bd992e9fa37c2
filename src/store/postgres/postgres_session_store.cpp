#include "store/postgres/postgres_session_store.hpp"

#include <utility>
#include <vector>

#include "store/postgres/pg_checkpoint_rows.hpp"
#include "store/postgres/pg_entry_rows.hpp"
#include "store/postgres/pg_lease_rows.hpp"
#include "store/postgres/pg_outcome_commit.hpp"
#include "store/postgres/pg_session_list.hpp"
#include "store/postgres/pg_session_rows.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/process_identity.hpp"
#include "store/request_checks.hpp"

namespace tollgate::store {
namespace {

class PostgresSessionStore final : public SessionStore {
 public:
  explicit PostgresSessionStore(std::shared_ptr<PostgresDatabase> database)
      : process_(this_process()), database_(std::move(database)) {}

  Async<void> save_protocol(ProtocolRow protocol) override {
    CO_TRY_STATUS(check_protocol(protocol));
    auto body = [protocol = std::move(protocol)](PgConnection& db) { return insert_protocol(db, protocol); };
    co_return co_await database_->write<void>(std::move(body));
  }

  Async<ProtocolRow> protocol(base::Sha256 hash) override {
    return database_->read<ProtocolRow>([hash](PgConnection& db) { return select_protocol(db, hash); });
  }

  Async<SessionRow> create_session(NewSession session) override {
    CO_TRY_STATUS(check_new_session(session));
    auto body = [&cipher = database_->cipher(), session = std::move(session)](PgConnection& db) {
      return insert_session(db, cipher, session);
    };
    auto row = co_await database_->write<SessionRow>(std::move(body));
    if (row) database_->announce(row->id);
    co_return row;
  }

  Async<SessionRecord> load(base::SessionId id) override {
    return database_->read<SessionRecord>([&cipher = database_->cipher(), &cache = database_->read_cache(),
                                           id](PgConnection& db) { return select_record(db, cipher, cache, id); });
  }

  Async<SessionRecord> load_afresh(base::SessionId id) override {
    return database_->read<SessionRecord>(
        [&cipher = database_->cipher(), &cache = database_->read_cache(), id](PgConnection& db) {
          return select_record_afresh(db, cipher, cache, id);
        });
  }

  Async<SessionPage> list(SessionFilter filter) override {
    CO_TRY_STATUS(check_filter(filter));
    auto body = [&cipher = database_->cipher(), &cache = database_->read_cache(),
                 filter = std::move(filter)](PgConnection& db) { return select_page(db, cipher, cache, filter); };
    co_return co_await database_->read<SessionPage>(std::move(body));
  }

  Async<void> remove(base::SessionId id) override {
    return database_->write<void>([id](PgConnection& db) { return delete_session(db, id); });
  }

  Async<std::vector<AppendedInput>> append_inputs(base::SessionId id, std::vector<NewInput> inputs) override {
    CO_TRY_STATUS(check_inputs(inputs));
    auto body = [&cipher = database_->cipher(), id, inputs = std::move(inputs)](PgConnection& db) {
      return insert_inputs(db, cipher, id, inputs);
    };
    auto appended = co_await database_->write<std::vector<AppendedInput>>(std::move(body));
    if (appended) database_->announce(id);
    co_return appended;
  }

  Async<Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                             std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(scope, ttl));
    LeaseRequest request{id, std::move(scope), owner, ttl, process_};
    auto body = [request = std::move(request)](PgConnection& db) { return take_lease(db, request); };
    co_return co_await database_->write<Lease>(std::move(body));
  }

  Async<void> renew_lease(Lease lease, std::chrono::milliseconds ttl) override {
    CO_TRY_STATUS(check_lease(lease.scope, ttl));
    auto body = [lease = std::move(lease), ttl](PgConnection& db) { return extend_lease(db, lease, ttl); };
    co_return co_await database_->write<void>(std::move(body));
  }

  Async<void> release_lease(Lease lease) override {
    return database_->write<void>([lease = std::move(lease)](PgConnection& db) { return drop_lease(db, lease); });
  }

  Async<std::int64_t> commit(OutcomeCommit commit) override {
    CO_TRY_STATUS(check_commit(commit));
    const auto id = commit.lease.session;
    auto body = [&cipher = database_->cipher(), commit = std::move(commit)](PgConnection& db) {
      return insert_outcomes(db, cipher, commit);
    };
    auto head = co_await database_->write<std::int64_t>(std::move(body));
    if (head) database_->announce(id);
    co_return head;
  }

  Async<std::vector<Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) override {
    CO_TRY_STATUS(check_event_range(after, limit));
    auto body = [&cipher = database_->cipher(), id, after, limit](PgConnection& db) {
      return select_events(db, cipher, id, after, limit);
    };
    co_return co_await database_->read<std::vector<Event>>(std::move(body));
  }

  Async<void> save_blob(Blob blob) override {
    CO_TRY_STATUS(check_blob(blob));
    auto body = [&cipher = database_->cipher(), blob = std::move(blob)](PgConnection& db) {
      return insert_blob(db, cipher, blob);
    };
    co_return co_await database_->write<void>(std::move(body));
  }

  Async<std::string> blob(base::Sha256 digest) override {
    return database_->read<std::string>(
        [&cipher = database_->cipher(), digest](PgConnection& db) { return select_blob(db, cipher, digest); });
  }

 private:
  const ProcessIdentity process_;
  const std::shared_ptr<PostgresDatabase> database_;
};

}  // namespace

std::unique_ptr<SessionStore> make_postgres_session_store(std::shared_ptr<PostgresDatabase> database) {
  return std::make_unique<PostgresSessionStore>(std::move(database));
}

}  // namespace tollgate::store
