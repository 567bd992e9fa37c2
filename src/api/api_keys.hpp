// Makes API keys and says what became of them. Pure, but for the random bits.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/identities.hpp"

namespace tollgate::api {

struct WantedKey {
  std::string account;
  std::string label{};                   // what it is for
  std::string scopes = "read,write";     // of read, write, admin; by commas
  std::chrono::days lasts{90};           // 0: until it is revoked
  std::int64_t requests_per_minute = 0;  // 0: no limit of its own
  std::string budget_usd_per_day{};      // "2.50"; empty: no budget
};

struct IssuedKey {
  store::ApiKey key;  // to be stored
  std::string text;   // to be shown, once
};

// kInvalidArgument: scopes that are none, a label of more than 200 bytes or with control characters, a budget that is
// no amount above nothing.
base::Result<IssuedKey> issue_key(WantedKey wanted, base::Timestamp now);

std::string_view state_of(const store::ApiKey& key, base::Timestamp now);  // valid, ended, revoked

}  // namespace tollgate::api
