#include "store/sqlite/identity_rows.hpp"

#include <fmt/format.h>

#include "store/sqlite/session_rows.hpp"
#include "store/stored_money.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kKeyColumns =
    "id, secret, account, label, scopes, created_at, expires_at, revoked_at, requests_per_minute, budget_per_day";

std::optional<base::Timestamp> time_at(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(from_stored(row.integer(column)));
}

Account read_account(const Statement& row) {
  return {.name = std::string(row.text(0)),
          .role = std::string(row.text(1)),
          .password_hash = std::string(row.text(2)),
          .created_at = from_stored(row.integer(3)),
          .disabled = row.integer(4) != 0};
}

ApiKey read_key(const Statement& row) {
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

base::Status require_account(Connection& db, const std::string& name) {
  const auto account = select_account(db, name);
  if (account) return {};
  if (account.error().code != ErrorCode::kNotFound) return fail(account.error());
  return fail(ErrorCode::kPreconditionFailed, account.error().message);
}

}  // namespace

base::Status upsert_account(Connection& db, const Account& account) {
  TRY_STATUS(
      db.execute("INSERT INTO account (name, role, password_hash, created_at, disabled) VALUES (?, ?, ?, ?, ?) "
                 "ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash, "
                 "disabled = excluded.disabled",
                 account.name, account.role, account.password_hash, to_stored(account.created_at),
                 std::int64_t{account.disabled}));
  return {};
}

base::Result<Account> select_account(Connection& db, std::string_view name) {
  TRY(auto row, db.query("SELECT name, role, password_hash, created_at, disabled FROM account WHERE name = ?", name));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, fmt::format("there is no account '{}'", name));
  return read_account(row);
}

base::Result<std::vector<Account>> select_accounts(Connection& db) {
  TRY(auto rows, db.query("SELECT name, role, password_hash, created_at, disabled FROM account ORDER BY name"));
  std::vector<Account> accounts;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return accounts;
    accounts.push_back(read_account(rows));
  }
}

base::Status insert_key(Connection& db, const ApiKey& key) {
  TRY_STATUS(require_account(db, key.account));
  TRY(const auto written,
      db.execute(fmt::format("INSERT INTO api_key ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                             kKeyColumns),
                 key.id, key.secret, key.account, key.label, key.scopes, to_stored(key.created_at),
                 to_stored(key.expires_at), to_stored(key.revoked_at), key.requests_per_minute,
                 to_stored(key.budget_per_day)));
  if (written == 0) return fail(ErrorCode::kConflict, fmt::format("there is a key '{}' already", key.id));
  return {};
}

base::Result<ApiKey> select_key(Connection& db, const base::Sha256& secret) {
  TRY(auto row, db.query(fmt::format("SELECT {} FROM api_key WHERE secret = ?", kKeyColumns), secret));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, "there is no such key");
  return read_key(row);
}

base::Result<std::vector<ApiKey>> select_keys(Connection& db, std::string_view account) {
  TRY(auto rows, db.query(fmt::format("SELECT {} FROM api_key WHERE ?1 IN (account, '') ORDER BY created_at DESC, id",
                                      kKeyColumns),
                          account));
  std::vector<ApiKey> keys;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return keys;
    keys.push_back(read_key(rows));
  }
}

base::Status revoke_key(Connection& db, std::string_view id, std::string_view account, base::Timestamp at) {
  TRY(const auto changed,
      db.execute("UPDATE api_key SET revoked_at = coalesce(revoked_at, ?3) WHERE id = ?1 AND ?2 IN (account, '')", id,
                 account, to_stored(at)));
  if (changed == 0) return fail(ErrorCode::kNotFound, fmt::format("there is no key '{}'", id));
  return {};
}

base::Status insert_sign_in(Connection& db, const SignIn& sign_in, base::Timestamp now) {
  TRY_STATUS(require_account(db, sign_in.account));
  TRY_STATUS(db.execute("DELETE FROM sign_in WHERE expires_at <= ?", to_stored(now)));
  TRY_STATUS(db.execute("INSERT INTO sign_in (token, account, expires_at) VALUES (?, ?, ?)", sign_in.token,
                        sign_in.account, to_stored(sign_in.expires_at)));
  return {};
}

base::Result<SignIn> select_sign_in(Connection& db, const base::Sha256& token) {
  TRY(auto row, db.query("SELECT account, expires_at FROM sign_in WHERE token = ?", token));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, "nobody is signed in with this token");
  return SignIn{token, std::string(row.text(0)), from_stored(row.integer(1))};
}

base::Status delete_sign_in(Connection& db, const base::Sha256& token) {
  TRY_STATUS(db.execute("DELETE FROM sign_in WHERE token = ?", token));
  return {};
}

base::Status upsert_member(Connection& db, base::SessionId session, const Membership& member) {
  TRY(const auto head, select_head(db, session));
  TRY_STATUS(require_account(db, member.account));
  if (member.role.empty()) {
    TRY_STATUS(db.execute("DELETE FROM member WHERE session = ? AND account = ?", head.key, member.account));
  } else {
    TRY_STATUS(
        db.execute("INSERT INTO member (session, account, role) VALUES (?, ?, ?) "
                   "ON CONFLICT (session, account) DO UPDATE SET role = excluded.role",
                   head.key, member.account, member.role));
  }
  return {};
}

base::Result<std::vector<Membership>> select_members(Connection& db, base::SessionId session) {
  TRY(const auto head, select_head(db, session));
  TRY(auto rows, db.query("SELECT account, role FROM member WHERE session = ? ORDER BY account", head.key));
  std::vector<Membership> members;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return members;
    members.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
  }
}

base::Result<SessionAccess> select_access(Connection& db, base::SessionId session, std::string_view account) {
  TRY(auto row, db.query("SELECT s.owner, coalesce(m.role, '') FROM session s "
                         "LEFT JOIN member m ON m.session = s.key AND m.account = ?2 WHERE s.id = ?1",
                         session.to_string(), account));
  TRY(const bool found, row.step());
  if (!found) return fail(ErrorCode::kNotFound, fmt::format("there is no session {}", session.to_string()));
  return SessionAccess{std::string(row.text(0)), std::string(row.text(1))};
}

base::Status insert_audit(Connection& db, const AuditEntry& entry) {
  TRY_STATUS(
      db.execute("INSERT INTO audit (at, actor, key, operation, target, address, request_id, status) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 to_stored(entry.at), entry.actor, entry.key, entry.operation, entry.target, entry.address,
                 entry.request_id, std::int64_t{entry.status}));
  return {};
}

base::Result<std::vector<AuditEntry>> select_audit(Connection& db, std::int64_t before, std::int64_t limit) {
  TRY(auto rows, db.query("SELECT id, at, actor, key, operation, target, address, request_id, status FROM audit "
                          "WHERE id < ? ORDER BY id DESC LIMIT ?",
                          before, limit));
  std::vector<AuditEntry> entries;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return entries;
    entries.push_back({.id = rows.integer(0),
                       .at = from_stored(rows.integer(1)),
                       .actor = std::string(rows.text(2)),
                       .key = std::string(rows.text(3)),
                       .operation = std::string(rows.text(4)),
                       .target = std::string(rows.text(5)),
                       .address = std::string(rows.text(6)),
                       .request_id = std::string(rows.text(7)),
                       .status = static_cast<int>(rows.integer(8))});
  }
}

}  // namespace tollgate::store
