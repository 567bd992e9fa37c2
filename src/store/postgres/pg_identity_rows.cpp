#include "store/postgres/pg_identity_rows.hpp"

#include <optional>

#include <fmt/format.h>

#include "store/postgres/pg_session_rows.hpp"
#include "store/stored_money.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;
using base::Status;

constexpr std::string_view kSelectAccounts = "SELECT name, role, password_hash, created_at, disabled FROM account";
constexpr std::string_view kSelectKeys =
    "SELECT id, secret, account, label, scopes, created_at, expires_at, revoked_at, requests_per_minute, "
    "budget_per_day "
    "FROM api_key";

std::optional<base::Timestamp> time_at(const PgRow& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(from_stored(row.integer(column)));
}

Account read_account(const PgRow& row) {
  return {.name = std::string(row.text(0)),
          .role = std::string(row.text(1)),
          .password_hash = std::string(row.text(2)),
          .created_at = from_stored(row.integer(3)),
          .disabled = row.boolean(4)};
}

ApiKey read_key(const PgRow& row) {
  return {.id = std::string(row.text(0)),
          .secret = row.digest(1),
          .account = std::string(row.text(2)),
          .label = std::string(row.text(3)),
          .scopes = std::string(row.text(4)),
          .created_at = from_stored(row.integer(5)),
          .expires_at = time_at(row, 6),
          .revoked_at = time_at(row, 7),
          .requests_per_minute = row.is_null(8) ? std::nullopt : std::optional(row.integer(8)),
          .budget_per_day = to_money(row.is_null(9) ? std::nullopt : std::optional(row.integer(9)))};
}

std::string no_account(const std::string& name) {
  return fmt::format("there is no account '{}'", name);
}

// A reference to an account that is not there.
base::Error explain_account(const PgConnection& db, const std::string& name, base::Error error) {
  if (db.failure().sqlstate != kForeignKeyViolation) return error;
  return {ErrorCode::kPreconditionFailed, no_account(name), error.detail};
}

}  // namespace

Async<void> upsert_account(PgConnection& db, const Account& account) {
  CO_TRY_STATUS(co_await db.run(PgBatch().add(
      "INSERT INTO account (name, role, password_hash, created_at, disabled) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash, "
      "disabled = excluded.disabled",
      account.name, account.role, account.password_hash, to_stored(account.created_at), account.disabled)));
  co_return Status{};
}

Async<Account> select_account(PgConnection& db, const std::string& name) {
  const auto sql = fmt::format("{} WHERE name = $1", kSelectAccounts);
  CO_TRY(const auto results, co_await db.run(PgBatch().add(sql, name)));
  if (results[0].empty()) co_return fail(ErrorCode::kNotFound, no_account(name));
  co_return read_account(results[0].front());
}

Async<std::vector<Account>> select_accounts(PgConnection& db) {
  const auto sql = fmt::format("{} ORDER BY name", kSelectAccounts);
  CO_TRY(const auto results, co_await db.run(PgBatch().add(sql)));
  std::vector<Account> accounts;
  for (int i = 0; i < results[0].size(); ++i) accounts.push_back(read_account(results[0].row(i)));
  co_return accounts;
}

Async<void> insert_key(PgConnection& db, const ApiKey& key) {
  const auto results = co_await db.run(PgBatch().add(
      "INSERT INTO api_key (id, secret, account, label, scopes, created_at, expires_at, revoked_at, "
      "requests_per_minute, budget_per_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
      "ON CONFLICT DO NOTHING",
      key.id, key.secret, key.account, key.label, key.scopes, to_stored(key.created_at), to_stored(key.expires_at),
      to_stored(key.revoked_at), key.requests_per_minute, to_stored(key.budget_per_day)));
  if (!results) co_return fail(explain_account(db, key.account, results.error()));
  if ((*results)[0].changed_rows() == 0)
    co_return fail(ErrorCode::kConflict, fmt::format("there is a key '{}' already", key.id));
  co_return Status{};
}

Async<ApiKey> select_key(PgConnection& db, const base::Sha256& secret) {
  const auto sql = fmt::format("{} WHERE secret = $1", kSelectKeys);
  CO_TRY(const auto results, co_await db.run(PgBatch().add(sql, secret)));
  if (results[0].empty()) co_return fail(ErrorCode::kNotFound, "there is no such key");
  co_return read_key(results[0].front());
}

Async<std::vector<ApiKey>> select_keys(PgConnection& db, const std::string& account) {
  const auto sql = fmt::format("{} WHERE $1 IN (account, '') ORDER BY created_at DESC, id", kSelectKeys);
  CO_TRY(const auto results, co_await db.run(PgBatch().add(sql, account)));
  std::vector<ApiKey> keys;
  for (int i = 0; i < results[0].size(); ++i) keys.push_back(read_key(results[0].row(i)));
  co_return keys;
}

Async<void> revoke_key(PgConnection& db, const std::string& id, const std::string& account, base::Timestamp at) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add("UPDATE api_key SET revoked_at = coalesce(revoked_at, $3) "
                                                           "WHERE id = $1 AND $2 IN (account, '')",
                                                           id, account, to_stored(at))));
  if (results[0].changed_rows() == 0) co_return fail(ErrorCode::kNotFound, fmt::format("there is no key '{}'", id));
  co_return Status{};
}

Async<void> insert_sign_in(PgConnection& db, const SignIn& sign_in, base::Timestamp now) {
  PgBatch batch;
  batch.add("DELETE FROM sign_in WHERE expires_at <= $1", to_stored(now))
      .add("INSERT INTO sign_in (token, account, expires_at) VALUES ($1, $2, $3)", sign_in.token, sign_in.account,
           to_stored(sign_in.expires_at));
  const auto results = co_await db.run(std::move(batch));
  if (!results) co_return fail(explain_account(db, sign_in.account, results.error()));
  co_return Status{};
}

Async<SignIn> select_sign_in(PgConnection& db, const base::Sha256& token) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT account, expires_at FROM sign_in WHERE token = $1", token)));
  if (results[0].empty()) co_return fail(ErrorCode::kNotFound, "nobody is signed in with this token");
  const auto row = results[0].front();
  co_return SignIn{token, std::string(row.text(0)), from_stored(row.integer(1))};
}

Async<void> delete_sign_in(PgConnection& db, const base::Sha256& token) {
  CO_TRY_STATUS(co_await db.run(PgBatch().add("DELETE FROM sign_in WHERE token = $1", token)));
  co_return Status{};
}

// The session's row is kept from being removed meanwhile.
Async<void> upsert_member(PgConnection& db, const base::SessionId& session, const Membership& member) {
  PgBatch batch;
  batch.add("SELECT FROM session_state WHERE session = $1 FOR KEY SHARE", session);
  batch.add("SELECT FROM account WHERE name = $1", member.account);
  if (member.role.empty()) {
    batch.add("DELETE FROM member WHERE session = $1 AND account = $2", session, member.account);
  } else {
    batch.add(
        "INSERT INTO member (session, account, role) "
        "SELECT $1, name, $3 FROM account WHERE name = $2 AND EXISTS (SELECT FROM session_state WHERE session = $1) "
        "ON CONFLICT (session, account) DO UPDATE SET role = excluded.role",
        session, member.account, member.role);
  }
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  if (results[0].empty()) co_return no_session(session);
  if (results[1].empty()) co_return fail(ErrorCode::kPreconditionFailed, no_account(member.account));
  co_return Status{};
}

Async<std::vector<Membership>> select_members(PgConnection& db, const base::SessionId& session) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT m.account, m.role FROM session_state t "
                                       "LEFT JOIN member m ON m.session = t.session WHERE t.session = $1 "
                                       "ORDER BY m.account",
                                       session)));
  if (results[0].empty()) co_return no_session(session);
  std::vector<Membership> members;
  for (int i = 0; i < results[0].size() && !results[0].row(i).is_null(0); ++i) {
    members.push_back({std::string(results[0].row(i).text(0)), std::string(results[0].row(i).text(1))});
  }
  co_return members;
}

Async<SessionAccess> select_access(PgConnection& db, const base::SessionId& session, const std::string& account) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT t.owner, coalesce(m.role, '') FROM session_state t "
                                       "LEFT JOIN member m ON m.session = t.session AND m.account = $2 "
                                       "WHERE t.session = $1",
                                       session, account)));
  if (results[0].empty()) co_return no_session(session);
  co_return SessionAccess{std::string(results[0].front().text(0)), std::string(results[0].front().text(1))};
}

Async<void> insert_audit(PgConnection& db, const AuditEntry& entry) {
  CO_TRY_STATUS(co_await db.run(
      PgBatch().add("INSERT INTO audit (at, actor, key, operation, target, address, request_id, status) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    to_stored(entry.at), entry.actor, entry.key, entry.operation, entry.target, entry.address,
                    entry.request_id, std::int64_t{entry.status})));
  co_return Status{};
}

Async<std::vector<AuditEntry>> select_audit(PgConnection& db, std::int64_t before, std::int64_t limit) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT id, at, actor, key, operation, target, address, request_id, status "
                                       "FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
                                       before, limit)));
  std::vector<AuditEntry> entries;
  for (int i = 0; i < results[0].size(); ++i) {
    const auto row = results[0].row(i);
    entries.push_back({.id = row.integer(0),
                       .at = from_stored(row.integer(1)),
                       .actor = std::string(row.text(2)),
                       .key = std::string(row.text(3)),
                       .operation = std::string(row.text(4)),
                       .target = std::string(row.text(5)),
                       .address = std::string(row.text(6)),
                       .request_id = std::string(row.text(7)),
                       .status = static_cast<int>(row.integer(8))});
  }
  co_return entries;
}

}  // namespace tollgate::store
