// PgBouncer in transaction mode before a test's PostgreSQL server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/fakes/postgres_server.hpp"

namespace tollgate::fakes {

class PgBouncer {
 public:
  PgBouncer(const PostgresServer& server, int server_connections);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  std::string url(const std::string& database) const;

 private:
  std::string folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace tollgate::fakes
