// Finds out who sends a request: an API key, a signed-in browser, or, where no accounts are in use, the local user.
//
// Every request is looked up anew, so that a key revoked or an account disabled is refused with the next request.
// Thread: any; the store does the waiting.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "api/caller.hpp"
#include "api/message.hpp"
#include "base/clock.hpp"
#include "net/blocking_pool.hpp"
#include "store/identity_store.hpp"

namespace tollgate::api {

struct SignedIn {
  Caller caller;
  std::string token;  // for the cookie
};

class Authenticator {
 public:
  static constexpr std::chrono::hours kSignInLasts{12};

  // Without accounts: everybody is the local user.
  static Authenticator local(store::IdentityStore& store, base::Clock& clock) { return {store, clock, false}; }
  static Authenticator with_accounts(store::IdentityStore& store, base::Clock& clock) { return {store, clock, true}; }

  // kUnauthenticated without credentials or with ones that are not valid any more; kForbidden for a browser's write
  // without its CSRF token, and for another host's name where the local user is meant.
  store::Async<Caller> identify(const Request& request) const;

  // kUnauthenticated: wrong name or password, which of them is not said.
  store::Async<SignedIn> sign_in(std::string account, std::string password);
  store::Async<void> sign_out(const Request& request) const;

 private:
  Authenticator(store::IdentityStore& store, base::Clock& clock, bool has_accounts)
      : store_(store), clock_(clock), has_accounts_(has_accounts) {}

  store::Async<Caller> identify_key(std::string key) const;
  store::Async<Caller> identify_browser(std::string token) const;
  store::Async<store::Account> enabled_account(std::string name) const;

  store::IdentityStore& store_;
  base::Clock& clock_;
  const bool has_accounts_;
  // One at a time: a hash takes 64 MiB, and a flood of wrong passwords must not take the machine.
  std::shared_ptr<net::BlockingPool> hashing_ = std::make_shared<net::BlockingPool>(1);
};

// The cookie that holds a signed-in browser's token; an empty token ends it.
std::string cookie_of(const std::string& token);

}  // namespace tollgate::api
