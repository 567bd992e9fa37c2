#include "store/postgres/postgres_identity_store.hpp"

#include <utility>

#include "base/clock.hpp"
#include "store/postgres/pg_identity_rows.hpp"
#include "store/postgres/postgres_database.hpp"

namespace tollgate::store {
namespace {

class PostgresIdentityStore final : public IdentityStore {
 public:
  explicit PostgresIdentityStore(std::shared_ptr<PostgresDatabase> database) : database_(std::move(database)) {}

  Async<void> save_account(Account account) override {
    return database_->write<void>(
        [account = std::move(account)](PgConnection& db) { return upsert_account(db, account); });
  }
  Async<Account> account(std::string name) override {
    return database_->read<Account>([name = std::move(name)](PgConnection& db) { return select_account(db, name); });
  }
  Async<std::vector<Account>> accounts() override {
    return database_->read<std::vector<Account>>([](PgConnection& db) { return select_accounts(db); });
  }

  Async<void> save_key(ApiKey key) override {
    return database_->write<void>([key = std::move(key)](PgConnection& db) { return insert_key(db, key); });
  }
  Async<ApiKey> key(base::Sha256 secret) override {
    return database_->read<ApiKey>([secret](PgConnection& db) { return select_key(db, secret); });
  }
  Async<std::vector<ApiKey>> keys(std::string account) override {
    return database_->read<std::vector<ApiKey>>(
        [account = std::move(account)](PgConnection& db) { return select_keys(db, account); });
  }
  Async<void> revoke_key(std::string id, std::string account, base::Timestamp at) override {
    return database_->write<void>([id = std::move(id), account = std::move(account), at](PgConnection& db) {
      return store::revoke_key(db, id, account, at);
    });
  }

  Async<void> save_sign_in(SignIn sign_in) override {
    const auto now = base::SystemClock().now();
    return database_->write<void>(
        [sign_in = std::move(sign_in), now](PgConnection& db) { return insert_sign_in(db, sign_in, now); });
  }
  Async<SignIn> sign_in(base::Sha256 token) override {
    return database_->read<SignIn>([token](PgConnection& db) { return select_sign_in(db, token); });
  }
  Async<void> end_sign_in(base::Sha256 token) override {
    return database_->write<void>([token](PgConnection& db) { return delete_sign_in(db, token); });
  }

  Async<void> save_member(base::SessionId session, Membership member) override {
    return database_->write<void>(
        [session, member = std::move(member)](PgConnection& db) { return upsert_member(db, session, member); });
  }
  Async<std::vector<Membership>> members(base::SessionId session) override {
    return database_->read<std::vector<Membership>>(
        [session](PgConnection& db) { return select_members(db, session); });
  }
  Async<SessionAccess> access(base::SessionId session, std::string account) override {
    return database_->read<SessionAccess>(
        [session, account = std::move(account)](PgConnection& db) { return select_access(db, session, account); });
  }

  Async<void> append_audit(AuditEntry entry) override {
    return database_->write<void>([entry = std::move(entry)](PgConnection& db) { return insert_audit(db, entry); });
  }
  Async<std::vector<AuditEntry>> audit(std::int64_t before, std::int64_t limit) override {
    return database_->read<std::vector<AuditEntry>>(
        [before, limit](PgConnection& db) { return select_audit(db, before, limit); });
  }

 private:
  const std::shared_ptr<PostgresDatabase> database_;
};

}  // namespace

std::unique_ptr<IdentityStore> make_postgres_identity_store(std::shared_ptr<PostgresDatabase> database) {
  return std::make_unique<PostgresIdentityStore>(std::move(database));
}

}  // namespace tollgate::store
