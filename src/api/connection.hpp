// One HTTP/1.1 connection, plain or TLS: reads requests one after another, answers each, within bounds of size and
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "api/service.hpp"
#include "api/tls.hpp"

namespace tollgate::api {

struct ConnectionLimits {
  std::uint32_t max_header_bytes = 16U << 10;
  std::uint64_t max_body_bytes = 1U << 20;
  std::chrono::seconds header_timeout{10};  // from its first byte, against slow senders
  std::chrono::seconds body_timeout{30};
  std::chrono::seconds idle_timeout{75};  // between requests
  std::chrono::seconds write_timeout{30};
};

// The connections of one thread that wait for a request: nothing is lost when they are closed.
class IdleConnections {
 public:
  void add(boost::asio::ip::tcp::socket& socket) { sockets_.insert(&socket); }
  void remove(boost::asio::ip::tcp::socket& socket) { sockets_.erase(&socket); }
  void close_all();  // and let no further one wait
  bool is_closed() const { return closed_; }

 private:
  std::set<boost::asio::ip::tcp::socket*> sockets_;
  bool closed_ = false;
};

// Ends when the client closes, breaks a limit or the protocol, or when the service is not ready any more and the
// request under way is answered. Cancelling it closes the connection; it does so itself, with `cancel`, when a request
// is not to be answered any more because the client is gone.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, TlsContext tls, Service& service,
                                              const ConnectionLimits& limits, IdleConnections& idle,
                                              std::function<void()> cancel);

}  // namespace tollgate::api
