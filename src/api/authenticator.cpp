#include "api/authenticator.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "api/credentials.hpp"
#include "api/passwords.hpp"
#include "base/text.hpp"
#include "session/session.hpp"

namespace tollgate::api {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kCookie = "tollgate_sign_in";
constexpr std::size_t kMaxSecretBytes = 200;

base::Error refused() {
  return {ErrorCode::kUnauthenticated,
          "send a valid API key as `Authorization: Bearer tg_…`, or sign in; the key may have ended or been revoked"};
}

std::string key_of(const Request& request) {
  const auto given = request.header("authorization");
  const auto space = given.find(' ');
  if (space != std::string_view::npos && base::lower_ascii(given.substr(0, space)) == "bearer")
    return std::string(base::trim(given.substr(space + 1)));
  return std::string(request.header("x-api-key"));
}

std::string token_of(const Request& request) {
  for (const auto part : base::split(request.header("cookie"), ';')) {
    const auto pair = base::trim(part);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == kCookie)
      return std::string(pair.substr(equals + 1));
  }
  return {};
}

// A page whose host name was made to point here would send its own name.
bool is_this_machine(std::string_view host) {
  const auto name = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
  return host.empty() || name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

bool is_read(const Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// An account whose role this program does not know may do as little as possible.
Caller caller_of(const store::Account& account) {
  return {.account = account.name, .role = parse_role(account.role).value_or(Role::kContributor)};
}

}  // namespace

store::Async<Caller> Authenticator::identify(const Request& request) const {
  if (!has_accounts_) {
    if (!is_this_machine(request.header("host"))) {
      co_return fail(
          ErrorCode::kForbidden,
          "without accounts the server answers to localhost alone: a page of another site may have sent this");
    }
    co_return Caller{.account = std::string(session::kLocalOwner), .role = Role::kAdmin, .is_local = true};
  }
  if (auto key = key_of(request); !key.empty()) co_return co_await identify_key(std::move(key));
  auto token = token_of(request);
  if (token.empty()) co_return fail(refused());
  CO_TRY(auto caller, co_await identify_browser(std::move(token)));
  if (!is_read(request) && !is_equal(request.header("x-csrf-token"), caller.csrf_token)) {
    co_return fail(
        ErrorCode::kForbidden,
        "a browser's write needs the X-CSRF-Token that /api/v1/me gives: this one may come from another site");
  }
  co_return caller;
}

store::Async<Caller> Authenticator::identify_key(std::string key) const {
  if (key.size() > kMaxSecretBytes) co_return fail(refused());
  const auto found = co_await store_.key(hash_of(key));
  if (!found) co_return fail(found.error().code == ErrorCode::kNotFound ? refused() : found.error());
  const bool ended = found->expires_at && *found->expires_at <= clock_.now();
  const auto scopes = parse_scopes(found->scopes);
  if (ended || found->revoked_at || !scopes) co_return fail(refused());
  CO_TRY(const auto account, co_await enabled_account(found->account));
  auto caller = caller_of(account);
  caller.scopes = *scopes;
  caller.key = found->id;
  caller.requests_per_minute = found->requests_per_minute;
  caller.budget_per_day = found->budget_per_day;
  co_return caller;
}

store::Async<Caller> Authenticator::identify_browser(std::string token) const {
  if (token.size() > kMaxSecretBytes) co_return fail(refused());
  const auto found = co_await store_.sign_in(hash_of(token));
  if (!found) co_return fail(found.error().code == ErrorCode::kNotFound ? refused() : found.error());
  if (found->expires_at <= clock_.now()) co_return fail(refused());
  CO_TRY(const auto account, co_await enabled_account(found->account));
  auto caller = caller_of(account);
  caller.csrf_token = csrf_token(token);
  co_return caller;
}

store::Async<store::Account> Authenticator::enabled_account(std::string name) const {
  const auto account = co_await store_.account(std::move(name));
  if (!account) co_return fail(account.error().code == ErrorCode::kNotFound ? refused() : account.error());
  if (account->disabled) co_return fail(refused());
  co_return *account;
}

store::Async<SignedIn> Authenticator::sign_in(std::string name, std::string password) {
  const auto account = co_await store_.account(std::move(name));
  if (!account && account.error().code != ErrorCode::kNotFound) co_return fail(account.error());
  const std::string hash = account && !account->disabled ? account->password_hash : std::string();
  const bool fits =
      co_await hashing_->run([hash, password = std::move(password)] { return verify_password(hash, password); });
  if (!fits) co_return fail(ErrorCode::kUnauthenticated, "the account's name or the password is wrong");
  SignedIn result{caller_of(*account), make_token()};
  result.caller.csrf_token = csrf_token(result.token);
  CO_TRY_STATUS(co_await store_.save_sign_in({hash_of(result.token), account->name, clock_.now() + kSignInLasts}));
  co_return result;
}

store::Async<void> Authenticator::sign_out(const Request& request) const {
  const auto token = token_of(request);
  if (token.empty()) co_return base::Status{};
  co_return co_await store_.end_sign_in(hash_of(token));
}

std::string cookie_of(const std::string& token) {
  const auto seconds = token.empty() ? 0 : std::chrono::seconds(Authenticator::kSignInLasts).count();
  return fmt::format("{}={}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age={}", kCookie, token, seconds);
}

}  // namespace tollgate::api
