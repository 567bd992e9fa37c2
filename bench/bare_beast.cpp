// The least an HTTP server on Beast can do, to compare Tollgate's with: one thread for each processor, every request
// answered with the same bytes, /stream held open. Usage: bare_beast BODY_FILE; prints its port.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sys/socket.h>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> hold(beast::tcp_stream& stream) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 2000\n\n";
  (void)co_await asio::async_write(stream, asio::buffer(head), kAwait);
  stream.expires_never();
  char byte = 0;
  (void)co_await stream.async_read_some(asio::buffer(&byte, 1), kAwait);
}

asio::awaitable<void> serve(tcp::socket socket, const std::string& body) {
  socket.set_option(tcp::no_delay(true));
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  while (true) {
    http::request<http::string_body> request;
    stream.expires_after(std::chrono::seconds(75));
    const auto [read_error, read] = co_await http::async_read(stream, buffer, request, kAwait);
    if (read_error) co_return;
    if (request.target().ends_with("/stream")) co_return co_await hold(stream);
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = body;
    response.prepare_payload();
    const auto [write_error, written] = co_await http::async_write(stream, response, kAwait);
    if (write_error) co_return;
  }
}

tcp::acceptor listen(asio::io_context& context, unsigned short port) {
  using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(reuse_port(true));
  acceptor.bind(endpoint);
  acceptor.listen();
  return acceptor;
}

asio::awaitable<void> accept(tcp::acceptor acceptor, const std::string& body) {
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error) co_return;
    const auto executor = acceptor.get_executor();
    asio::co_spawn(executor, serve(std::move(socket), body), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1]);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  unsigned short port = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    auto context = std::make_shared<asio::io_context>(1);
    auto acceptor = listen(*context, port);
    port = acceptor.local_endpoint().port();
    asio::co_spawn(*context, accept(std::move(acceptor), body), asio::detached);
    threads.emplace_back([context] { context->run(); });
  }
  std::cout << "http://127.0.0.1:" << port << std::endl;
}
