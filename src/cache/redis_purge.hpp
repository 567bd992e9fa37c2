// Tells Redis and all nodes to forget, once, on a connection of its own: for programs that use no cache themselves.
//
// Executor: that of the caller. Cancel: closes the connection; whether it was told is not known then.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "cache/redis_target.hpp"
#include "net/byte_stream.hpp"
#include "net/call_context.hpp"

namespace tollgate::cache {

struct RedisPurge {
  std::string tag;       // every entry stored under it
  std::string digest{};  // and this one; empty: no further one
};

// `tls` is needed for rediss:// only, and must outlive the call. kUnavailable, kTimeout, kUnauthenticated: not all
// nodes may have heard of it; to be repeated.
boost::asio::awaitable<base::Status> purge_in_redis(RedisTarget target, net::TlsSettings* tls, RedisPurge purge,
                                                    net::Deadline deadline);

}  // namespace tollgate::cache
