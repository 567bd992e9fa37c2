// Settings: flags over TOLLGATE_* environment over tollgate.yaml over defaults. See docs/configuration.md.
//
// Every secret may come from a file instead (NAME_FILE); a setting given twice at one level, or a key nobody knows, is
// an error that names the key. Secrets are never printed: `doctor` and errors say only whether they are set.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/request_limits.hpp"
#include "base/pico_usd.hpp"
#include "base/result.hpp"
#include "llm/router/router_config.hpp"
#include "store/encryption_key.hpp"

namespace tollgate::cli {

// What the global flags said; empty: not given.
struct FlagSettings {
  std::string config_file{};
  std::string store{};
  std::string provider{};
  std::string model{};
  std::string address{};   // of serve
  std::int64_t port = -1;  // of serve; -1: not given
};

struct ProviderSettings {
  std::string api_key{};   // secret
  std::string base_url{};  // empty: the provider's own
};

struct Config {
  std::string database_url;                              // "sqlite:PATH" or "postgres://…"; secret
  std::optional<store::EncryptionKey> encryption_key{};  // secret; of what is stored
  store::EncryptionKeys encryption_old_keys{};           // secret; only decrypt
  std::string provider = "auto";                         // auto | anthropic | openai | ollama | offline
  std::map<std::string, std::string> models{};  // by tier: fast, balanced, powerful; empty: the provider's default
  std::string llm_config{};                     // file of the router's configuration; empty: none
  std::shared_ptr<const llm::RouterConfig> router{};  // what it says; shared by all threads
  std::string redis_url{};                            // secret; empty: the cache is in memory alone
  std::int64_t cache_memory_mib = 64;                 // of replies kept in memory, 1–65536
  ProviderSettings anthropic{};
  ProviderSettings openai{};
  ProviderSettings ollama{};
  std::int64_t database_pool_min = 1;                    // connections to PostgreSQL kept open, 0–1000
  std::int64_t database_pool_max = 10;                   // 1–1000; of all threads together
  std::int64_t database_pool_wait_seconds = 10;          // for one of them, 1–300
  std::int64_t database_pool_idle_seconds = 600;         // until one beyond the least is closed, 1–86400
  std::int64_t database_pool_lifetime_seconds = 1800;    // 10–86400
  std::int64_t database_cache_mib = 32;                  // of what was read before, 0–65536
  std::int64_t database_statement_timeout_seconds = 15;  // 1–3600
  bool database_pooler = false;                          // PgBouncer in transaction mode stands before PostgreSQL
  std::int64_t llm_concurrency = 8;                      // calls at once, 1–256
  std::int64_t llm_timeout_seconds = 120;                // per call, 1–3600
  base::PicoUsd session_budget{};                        // for the model calls of a session in all; 0: none
  std::int64_t usage_days = 400;                         // of the account of calls that are kept, 0–36500; 0: all
  std::string http_ca_file{};                            // PEM; empty: the system's certificates
  std::int64_t http_connect_timeout_seconds = 5;         // name, TCP and TLS together, 1–300
  std::int64_t http_idle_timeout_seconds = 60;           // between two pieces of a request or reply, 1–3600
  std::string serve_address = "127.0.0.1";
  std::int64_t serve_port = 8080;           // 0: any free one
  std::int64_t serve_threads = 0;           // 0: one for each processor
  std::string serve_tls_certificate{};      // PEM file with its chain; empty: plain HTTP
  std::string serve_tls_key{};              // PEM file
  bool accounts = false;                    // whether requests need an account; without, one local user on loopback
  api::RequestLimits rate_limits{};         // requests a minute, 0–1000000; 0: no limit
  std::int64_t shutdown_delay_seconds = 0;  // from SIGTERM until no connection is accepted any more, 0–300
  std::int64_t drain_limit_seconds = 20;    // for what is under way then, 1–3600
};

base::Result<Config> load_config(const FlagSettings& flags, const std::map<std::string, std::string>& environment);

// The first encrypts, all decrypt; empty: nothing is encrypted.
store::EncryptionKeys encryption_keys(const Config& config);

}  // namespace tollgate::cli
