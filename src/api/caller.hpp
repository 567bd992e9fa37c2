// Who sent a request, as its credentials say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/permissions.hpp"
#include "base/pico_usd.hpp"

namespace tollgate::api {

struct Caller {
  std::string account;             // owner of the sessions it creates
  Role role = Role::kContributor;  // of the account
  Scopes scopes{.read = true, .write = true, .admin = true};
  std::string key{};                                  // id of the API key, if one was used
  std::optional<std::int64_t> requests_per_minute{};  // of this key alone
  std::optional<base::PicoUsd> budget_per_day{};      // likewise
  std::string csrf_token{};                           // of a signed-in browser
  bool is_local = false;                              // no accounts are in use: the one user of this machine
};

}  // namespace tollgate::api
