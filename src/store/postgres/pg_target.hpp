// Whom to connect to: a database URL taken apart by libpq, and the name under which messages speak of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/postgres/postgres_config.hpp"

namespace tollgate::store {

struct PgParameter {
  std::string name;
  std::string value;
};

struct PgTarget {
  std::vector<PgParameter> parameters{};  // as libpq takes them; the password is among them
  std::string place{};                    // "postgres://user@host:port/database": no password, no options

  const std::string* find(std::string_view name) const;  // nullptr: not given
  void set(std::string_view name, std::string value);
};

// With the timeouts and names this program gives every connection. kInvalidArgument without repeating the URL.
base::Result<PgTarget> read_target(const PostgresConfig& config);

// The host list as libpq wants it once names are resolved: one entry per address. Sockets and addresses stay.
struct PgHost {
  std::string name;
  std::string port;
};
std::vector<PgHost> hosts_of(const PgTarget& target);

}  // namespace tollgate::store
