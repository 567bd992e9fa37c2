// Accounts, keys, sign-ins, memberships and the audit log in SQLite: one function per operation, each inside the
// caller's transaction. Errors as in IdentityStore.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/identities.hpp"
#include "store/sqlite/connection.hpp"

namespace tollgate::store {

base::Status upsert_account(Connection& db, const Account& account);
base::Result<Account> select_account(Connection& db, std::string_view name);
base::Result<std::vector<Account>> select_accounts(Connection& db);

base::Status insert_key(Connection& db, const ApiKey& key);
base::Result<ApiKey> select_key(Connection& db, const base::Sha256& secret);
base::Result<std::vector<ApiKey>> select_keys(Connection& db, std::string_view account);
base::Status revoke_key(Connection& db, std::string_view id, std::string_view account, base::Timestamp at);

base::Status insert_sign_in(Connection& db, const SignIn& sign_in, base::Timestamp now);
base::Result<SignIn> select_sign_in(Connection& db, const base::Sha256& token);
base::Status delete_sign_in(Connection& db, const base::Sha256& token);

base::Status upsert_member(Connection& db, base::SessionId session, const Membership& member);
base::Result<std::vector<Membership>> select_members(Connection& db, base::SessionId session);
base::Result<SessionAccess> select_access(Connection& db, base::SessionId session, std::string_view account);

base::Status insert_audit(Connection& db, const AuditEntry& entry);
base::Result<std::vector<AuditEntry>> select_audit(Connection& db, std::int64_t before, std::int64_t limit);

}  // namespace tollgate::store
