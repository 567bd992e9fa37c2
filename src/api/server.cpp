#include "api/server.hpp"

#include <csignal>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "api/routes.hpp"
#include "net/task_scope.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxConnections = 256;
constexpr std::uint32_t kMaxHeaderBytes = 16U << 10;
constexpr std::uint64_t kMaxBodyBytes = 1U << 20;
constexpr std::chrono::seconds kIdleTimeout{30};

http::response<http::string_body> to_message(Reply reply, const http::request_header<>& request, bool keep_alive) {
  http::response<http::string_body> message{static_cast<http::status>(reply.status), request.version()};
  message.set(http::field::content_type, reply.content_type);
  message.set("X-Content-Type-Options", "nosniff");
  message.set(http::field::cache_control, "no-store");
  message.keep_alive(keep_alive);
  const std::size_t size = reply.body.size();
  if (request.method() != http::verb::head) message.body() = std::move(reply.body);
  message.content_length(size);
  return message;
}

asio::awaitable<void> serve_connection(tcp::socket socket, engine::Engine& engine, std::string version,
                                       std::uint64_t number) {
  boost::beast::tcp_stream stream(std::move(socket));
  boost::beast::flat_buffer buffer(kMaxHeaderBytes + kMaxBodyBytes);
  for (std::uint64_t count = 1;; ++count) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(kMaxBodyBytes);
    stream.expires_after(kIdleTimeout);
    const auto [read_error, bytes] = co_await http::async_read(stream, buffer, parser, kAwait);
    if (read_error) break;
    const auto& request = parser.get();
    const bool keep_alive = request.keep_alive();
    Reply reply = co_await answer(
        engine, version,
        {std::string(request.method_string()), std::string(request.target()), fmt::format("{}-{}", number, count)});
    auto message = to_message(std::move(reply), request.base(), keep_alive);
    stream.expires_after(kIdleTimeout);
    const auto [write_error, written] = co_await http::async_write(stream, message, kAwait);
    if (write_error || !keep_alive) break;
  }
  boost::system::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

base::Result<tcp::acceptor> listen(const asio::any_io_executor& executor, const ServerConfig& config) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(config.address, code);
  if (code)
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is no IP address; set serve_address", config.address));
  const tcp::endpoint endpoint(address, config.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code)
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("cannot listen on {}:{}: {}; set serve_port",
                                                                     config.address, config.port, code.message()));
  return acceptor;
}

asio::awaitable<void> accept_connections(tcp::acceptor& acceptor, net::TaskScope& connections, engine::Engine& engine,
                                         std::string version) {
  for (std::uint64_t number = 1;; ++number) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
    if (error || connections.size() >= kMaxConnections) continue;  // dropped: the client sees a closed connection
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    connections.spawn("connection", serve_connection(std::move(socket), engine, version, number));
  }
}

}  // namespace

asio::awaitable<base::Status> serve(asio::any_io_executor executor, engine::Engine& engine, ServerConfig config,
                                    ListenCallback on_listening) {
  CO_TRY(auto acceptor, listen(executor, config));
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  net::TaskScope scope(executor, {});
  on_listening(acceptor.local_endpoint().port());
  scope.spawn("accept", accept_connections(acceptor, scope, engine, config.version));
  co_await signals.async_wait(kAwait);
  acceptor.close();
  scope.cancel();
  co_return co_await scope.join(std::chrono::steady_clock::now() + std::chrono::seconds(5));
}

}  // namespace tollgate::api
