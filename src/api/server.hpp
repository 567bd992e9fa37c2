// The HTTP server: health, sessions and charters, read-only as yet.
//
// One listener on the executor given (one thread); each connection is a task of its scope. Connections, request sizes
// and idle times are bounded. Cancelling serve() stops accepting, ends open connections and returns.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "engine/engine.hpp"

namespace tollgate::api {

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::string version{};
};

// Called once the socket listens, with the port it got.
using ListenCallback = std::function<void(std::uint16_t port)>;

// Serves until SIGINT or SIGTERM. kInvalidArgument for an address that cannot be listened on. `engine` must outlive it.
boost::asio::awaitable<base::Status> serve(boost::asio::any_io_executor executor, engine::Engine& engine,
                                           ServerConfig config, ListenCallback on_listening);

}  // namespace tollgate::api
