// Who may do what: accounts, their keys and sign-ins, who takes part in which session, and what was done. Plain values.
// Secrets never come here: a store sees hashes only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/pico_usd.hpp"
#include "base/sha256.hpp"

namespace tollgate::store {

struct Account {
  std::string name;           // 1–64 of a–z, 0–9, ".", "_", "-", "@"; the owner of sessions
  std::string role;           // contributor, reviewer, committee, auditor, admin
  std::string password_hash;  // Argon2id as libsodium writes it; empty: signs in with keys only
  base::Timestamp created_at{};
  bool disabled = false;
};

struct ApiKey {
  std::string id;       // shown everywhere: the first part of the key
  base::Sha256 secret;  // hash of the whole key
  std::string account;
  std::string label;   // what it is for
  std::string scopes;  // of read, write, admin; by commas
  base::Timestamp created_at{};
  std::optional<base::Timestamp> expires_at{};
  std::optional<base::Timestamp> revoked_at{};
  std::optional<std::int64_t> requests_per_minute{};  // absent: no limit but its account's
  std::optional<base::PicoUsd> budget_per_day{};      // of calls to models through the gateway
};

struct SignIn {  // of a browser
  base::Sha256 token;
  std::string account;
  base::Timestamp expires_at{};
};

struct Membership {
  std::string account;
  std::string role;  // contributor, reviewer, committee, auditor
};

// What an account may reach in one session.
struct SessionAccess {
  std::string owner;
  std::string role{};  // as a member; empty: none
};

struct AuditEntry {
  std::int64_t id = 0;  // set by the store; grows
  base::Timestamp at{};
  std::string actor;      // account; empty: nobody was signed in
  std::string key{};      // id of the key used, if one was
  std::string operation;  // operationId of the route, or the command
  std::string target;     // path, without its query
  std::string address{};  // from where
  std::string request_id{};
  int status = 0;  // what was replied
};

}  // namespace tollgate::store
