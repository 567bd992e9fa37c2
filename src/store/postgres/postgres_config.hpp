// Where a PostgreSQL database is, how many connections may be open to it, and how long anything may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/encryption_key.hpp"

namespace tollgate::store {

// What stands between this program and the server.
enum class PostgresPooler {
  kNone,          // nothing: statements are prepared once per connection, timeouts are set on it
  kTransactions,  // PgBouncer in transaction mode, or its like: no statement and no setting outlives a transaction
};

struct PostgresConfig {
  std::string url{};  // "postgres://user:password@host:port/database?sslmode=…"; secret
  PostgresPooler pooler = PostgresPooler::kNone;
  EncryptionKeys keys{};  // of what is stored; empty: plain

  std::size_t cache_bytes = std::size_t{32} << 20;  // of what was read before; 0: nothing is kept

  // Of all threads together, between which they are divided.
  int min_connections = 1;                               // kept open
  int max_connections = 10;                              // 1–1000; further calls wait
  std::chrono::milliseconds acquire_timeout{10'000};     // for that wait, and for a new connection
  std::chrono::milliseconds connect_timeout{5'000};      // name, TCP, TLS and sign-in together
  std::chrono::milliseconds idle_timeout{600'000};       // then a connection beyond the least is closed
  std::chrono::milliseconds max_lifetime{1'800'000};     // give or take a tenth, so that not all end at once
  std::chrono::milliseconds health_check_after{30'000};  // a connection idle for longer is asked before it is used
  std::chrono::milliseconds longest_backoff{5'000};      // between attempts to reach a server that is down

  std::chrono::milliseconds operation_timeout{30'000};  // of one call of the store, waiting included
  std::chrono::milliseconds statement_timeout{15'000};  // these three are enforced by the server
  std::chrono::milliseconds lock_timeout{10'000};
  std::chrono::milliseconds idle_in_transaction_timeout{30'000};
  std::chrono::milliseconds migration_lock_timeout{10'000};  // while another process migrates
};

}  // namespace tollgate::store
