// Host name to addresses, under a deadline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"

namespace tollgate::net {

struct ResolvedAddress {
  std::string address;  // "192.0.2.1", "2001:db8::1"
  std::uint16_t port = 0;
};

// The system's resolver cannot be interrupted; at the deadline it is left to end by itself and the caller goes on.
// Errors: kTimeout, kUnavailable (no such host), kCancelled.
boost::asio::awaitable<base::Result<std::vector<ResolvedAddress>>> resolve(std::string host, std::uint16_t port,
                                                                           Deadline deadline);

}  // namespace tollgate::net
