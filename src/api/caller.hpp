// Who sent a request, as its credentials say.
#pragma once

#include <string>

#include "api/permissions.hpp"

namespace tollgate::api {

struct Caller {
  std::string account;             // owner of the sessions it creates
  Role role = Role::kContributor;  // of the account
  Scopes scopes{.read = true, .write = true, .admin = true};
  std::string key{};         // id of the API key, if one was used
  std::string csrf_token{};  // of a signed-in browser
  bool is_local = false;     // no accounts are in use: the one user of this machine
};

}  // namespace tollgate::api
