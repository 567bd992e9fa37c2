// Which Redis server to use, from a URL: redis://[user:password@]host[:port][/database], rediss:// over TLS.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/byte_stream.hpp"

namespace tollgate::cache {

struct RedisTarget {
  net::StreamTarget server{};
  std::string user{};      // empty: the default user
  std::string password{};  // empty: none is asked for
  int database = 0;

  std::string place() const;  // "redis://host:port/database": no password, for messages
};

// kInvalidArgument without repeating the URL, which may hold a password.
base::Result<RedisTarget> parse_redis_url(std::string_view text);

}  // namespace tollgate::cache
