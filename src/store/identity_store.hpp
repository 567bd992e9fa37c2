// Where accounts, keys, sign-ins, memberships and the audit log live. Executors, cancelling and common errors are those
// of SessionStore.
#pragma once

#include <string>
#include <vector>

#include "store/identities.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  // Accounts by name. Saving an existing one replaces its role, password and whether it is disabled.
  virtual Async<void> save_account(Account account) = 0;
  virtual Async<Account> account(std::string name) = 0;  // kNotFound
  virtual Async<std::vector<Account>> accounts() = 0;    // by name

  virtual Async<void> save_key(ApiKey key) = 0;  // kPreconditionFailed: no such account; kConflict: the id is taken
  virtual Async<ApiKey> key(base::Sha256 secret) = 0;                // kNotFound
  virtual Async<std::vector<ApiKey>> keys(std::string account) = 0;  // empty: everybody's; the newest first
  // Of this account, or of anybody's when it is empty. Again: no error; kNotFound.
  virtual Async<void> revoke_key(std::string id, std::string account, base::Timestamp at) = 0;

  virtual Async<void> save_sign_in(SignIn sign_in) = 0;     // and forgets those that ended; kPreconditionFailed
  virtual Async<SignIn> sign_in(base::Sha256 token) = 0;    // kNotFound
  virtual Async<void> end_sign_in(base::Sha256 token) = 0;  // none: no error

  // Who takes part in a session. An empty role ends it. kNotFound: no such session; kPreconditionFailed: no such
  // account.
  virtual Async<void> save_member(base::SessionId session, Membership member) = 0;
  virtual Async<std::vector<Membership>> members(base::SessionId session) = 0;            // by account; kNotFound
  virtual Async<SessionAccess> access(base::SessionId session, std::string account) = 0;  // kNotFound

  virtual Async<void> append_audit(AuditEntry entry) = 0;
  virtual Async<std::vector<AuditEntry>> audit(std::int64_t before, std::int64_t limit) = 0;  // the newest first
};

}  // namespace tollgate::store
