#include "api/server.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "net/task_scope.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};

base::Result<tcp::acceptor> listen(const asio::any_io_executor& executor, const ServerConfig& config) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(config.address, code);
  if (code) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is no IP address; set serve_address", config.address));
  }
  const tcp::endpoint endpoint(address, config.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) {
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("cannot listen on {}:{}: {}; set serve_port",
                                                               config.address, config.port, code.message()));
  }
  return acceptor;
}

class Server {
 public:
  Server(asio::any_io_executor executor, Service& service, ServerConfig config, tcp::acceptor acceptor)
      : executor_(executor),
        service_(service),
        config_(std::move(config)),
        acceptor_(std::move(acceptor)),
        room_(executor),
        scope_(executor, {}) {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  asio::awaitable<base::Status> run() {
    scope_.spawn("accept", accept_connections());
    asio::signal_set signals(executor_, SIGINT, SIGTERM);
    const auto [error, signal] = co_await signals.async_wait(kAwait);
    service_.is_ready = false;
    service_.signals.notify_all();
    if (!error && signal == SIGTERM) co_await wait_for_balancer(signals);
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    room_.cancel();
    co_return co_await drain();
  }

 private:
  // Until the delay is over, or a second signal comes.
  asio::awaitable<void> wait_for_balancer(asio::signal_set& signals) {
    asio::steady_timer timer(executor_, config_.shutdown_delay);
    signals.async_wait([&timer](const boost::system::error_code& error, int) {
      if (!error) timer.cancel();
    });
    (void)co_await timer.async_wait(kAwait);
    signals.cancel();
  }

  asio::awaitable<base::Status> drain() {
    idle_.close_all();
    co_return co_await scope_.join(std::chrono::steady_clock::now() + config_.drain_limit);
  }

  asio::awaitable<void> accept_connections() {
    while (acceptor_.is_open()) {
      if (connections_ >= config_.max_connections) {
        room_.expires_at(std::chrono::steady_clock::time_point::max());
        (void)co_await room_.async_wait(kAwait);
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // too many open files, or the client is gone already
        asio::steady_timer pause(executor_, kPauseWithoutDescriptors);
        (void)co_await pause.async_wait(kAwait);
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      scope_.spawn("connection", serve_one(std::move(socket)));
    }
  }

  asio::awaitable<void> serve_one(tcp::socket socket) {
    struct Place {
      Server& server;
      explicit Place(Server& owner) : server(owner) { ++server.connections_; }
      ~Place() {
        --server.connections_;
        server.room_.cancel();
      }
    } place(*this);
    co_await serve_connection(std::move(socket), service_, config_.limits, idle_);
  }

  const asio::any_io_executor executor_;
  Service& service_;
  const ServerConfig config_;
  tcp::acceptor acceptor_;
  asio::steady_timer room_;  // cancelled when a connection ends
  std::size_t connections_ = 0;
  IdleConnections idle_;
  net::TaskScope scope_;  // last: its tasks use the members above
};

}  // namespace

asio::awaitable<base::Status> serve(asio::any_io_executor executor, Service& service, ServerConfig config,
                                    ListenCallback on_listening) {
  CO_TRY(auto acceptor, listen(executor, config));
  Server server(executor, service, std::move(config), std::move(acceptor));
  on_listening(server.port());
  co_return co_await server.run();
}

}  // namespace tollgate::api
