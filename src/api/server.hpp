// The HTTP server: listens, serves connections on all threads, ends without breaking one.
//
// One listener hands each connection to the thread that has the fewest; there it stays, and their number is bounded.
// SIGTERM: /health/ready turns 503 and every reply closes its connection, while new ones are still accepted for
// `shutdown_delay`, the time a load balancer needs to notice; then nothing is accepted any more, and what is under way
// gets `drain_limit` to end. SIGINT does the same without the delay. A second signal ends everything at once.
// SIGHUP: the settings that may change while it runs are read again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/connection.hpp"
#include "api/service.hpp"
#include "api/tls.hpp"
#include "base/result.hpp"

namespace tollgate::api {

// What SIGHUP may change. New connections and requests get it; those under way keep what they had.
struct ChangeableSettings {
  RequestLimits requests{};
  TlsContext tls{};
  std::chrono::seconds shutdown_delay{0};
  std::chrono::seconds drain_limit{20};
};

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t max_connections = 12'000;
  ConnectionLimits limits{};
  ChangeableSettings changeable{};
};

struct ServerCallbacks {
  std::function<void(std::uint16_t port)> listening;  // the port it got
  // The settings as they are now; an error keeps the old ones. Both are told to the operator by the callback.
  std::function<base::Result<ChangeableSettings>()> reload;
};

// Serves until SIGINT or SIGTERM. kInvalidArgument for an address that cannot be listened on; kTimeout when something
// still ran at the drain limit. One service for each thread, used on its engine's executor; this must be awaited on the
// first one's. The services must outlive it.
boost::asio::awaitable<base::Status> serve(std::vector<Service*> services, ServerConfig config,
                                           ServerCallbacks callbacks);

}  // namespace tollgate::api
