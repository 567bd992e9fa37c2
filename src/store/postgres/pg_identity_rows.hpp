// Accounts, keys, sign-ins, memberships and the audit log in PostgreSQL: one statement each.
#pragma once

#include <string>
#include <vector>

#include "store/identities.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

Async<void> upsert_account(PgConnection& db, const Account& account);
Async<Account> select_account(PgConnection& db, const std::string& name);
Async<std::vector<Account>> select_accounts(PgConnection& db);

Async<void> insert_key(PgConnection& db, const ApiKey& key);
Async<ApiKey> select_key(PgConnection& db, const base::Sha256& secret);
Async<std::vector<ApiKey>> select_keys(PgConnection& db, const std::string& account);
Async<void> revoke_key(PgConnection& db, const std::string& id, const std::string& account, base::Timestamp at);

Async<void> insert_sign_in(PgConnection& db, const SignIn& sign_in, base::Timestamp now);
Async<SignIn> select_sign_in(PgConnection& db, const base::Sha256& token);
Async<void> delete_sign_in(PgConnection& db, const base::Sha256& token);

Async<void> upsert_member(PgConnection& db, const base::SessionId& session, const Membership& member);
Async<std::vector<Membership>> select_members(PgConnection& db, const base::SessionId& session);
Async<SessionAccess> select_access(PgConnection& db, const base::SessionId& session, const std::string& account);

Async<void> insert_audit(PgConnection& db, const AuditEntry& entry);
Async<std::vector<AuditEntry>> select_audit(PgConnection& db, std::int64_t before, std::int64_t limit);

}  // namespace tollgate::store
