// The HTTP server: listens, serves connections, ends without breaking one.
//
// One listener on the executor given (one thread); each connection is a task of its scope, and their number is bounded.
// SIGTERM: /health/ready turns 503 and every reply closes its connection, while new ones are still accepted for
// `shutdown_delay`, the time a load balancer needs to notice; then nothing is accepted any more, and what is under way
// gets `drain_limit` to end. SIGINT does the same without the delay. A second signal ends everything at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "api/connection.hpp"
#include "api/service.hpp"
#include "base/result.hpp"

namespace tollgate::api {

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t max_connections = 12'000;
  std::chrono::seconds shutdown_delay{0};
  std::chrono::seconds drain_limit{20};
  ConnectionLimits limits{};
};

// Called once the socket listens, with the port it got.
using ListenCallback = std::function<void(std::uint16_t port)>;

// Serves until SIGINT or SIGTERM. kInvalidArgument for an address that cannot be listened on; kTimeout when something
// still ran at the drain limit. `service` must outlive it.
boost::asio::awaitable<base::Status> serve(boost::asio::any_io_executor executor, Service& service, ServerConfig config,
                                           ListenCallback on_listening);

}  // namespace tollgate::api
