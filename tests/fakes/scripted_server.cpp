#include "tests/fakes/scripted_server.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "net/task_scope.hpp"

namespace tollgate::fakes {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

std::string http_reply(int status, std::string_view body, std::string_view more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

struct ScriptedServer::Impl {
  Impl(asio::any_io_executor executor, std::vector<Script> its_scripts)
      : acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        scripts(std::move(its_scripts)),
        scope(executor, {}) {}

  template <typename Stream>
  asio::awaitable<void> play(Stream& stream, Script script) {
    beast::flat_buffer buffer;
    const auto token = asio::as_tuple(asio::use_awaitable);
    for (const auto& reply : script.replies) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(64U << 20);
      const auto [no_head, head] = co_await http::async_read_header(stream, buffer, parser, token);
      if (no_head) co_return;
      if (script.reading == Reading::kWholeRequest) {
        const auto [no_body, body] = co_await http::async_read(stream, buffer, parser, token);
        if (no_body) co_return;
      }
      std::ostringstream text;
      text << parser.get();
      requests.push_back(text.str());
      const auto [broken, written] = co_await asio::async_write(stream, asio::buffer(reply), token);
      if (broken) co_return;
    }
    char more = 0;
    if (script.ending == Ending::kHold) co_await stream.async_read_some(asio::buffer(&more, 1), token);
  }

  static asio::awaitable<void> serve_plain(std::shared_ptr<Impl> self, tcp::socket socket, Script script) {
    co_await self->play(socket, std::move(script));
  }

  static asio::awaitable<void> serve_tls(std::shared_ptr<Impl> self, tcp::socket socket, Script script) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *self->tls);
    const auto [failure] =
        co_await stream.async_handshake(asio::ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    if (!failure) co_await self->play(stream, std::move(script));
  }

  static asio::awaitable<void> accept(std::shared_ptr<Impl> self) {
    for (;;) {
      auto [failure, socket] = co_await self->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (failure) co_return;
      const Script script = self->scripts[std::min(self->connections++, self->scripts.size() - 1)];
      self->scope.spawn("connection", self->tls ? serve_tls(self, std::move(socket), script)
                                                : serve_plain(self, std::move(socket), script));
    }
  }

  tcp::acceptor acceptor;
  std::unique_ptr<asio::ssl::context> tls{};
  std::vector<Script> scripts;
  std::size_t connections = 0;
  std::vector<std::string> requests{};
  net::TaskScope scope;
};

ScriptedServer::ScriptedServer(asio::any_io_executor executor, std::vector<Script> scripts, std::string certificate_pem,
                               std::string key_pem)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(scripts))) {
  if (!certificate_pem.empty()) {
    impl_->tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    impl_->tls->use_certificate_chain(asio::buffer(certificate_pem));
    impl_->tls->use_private_key(asio::buffer(key_pem), asio::ssl::context::pem);
  }
  impl_->scope.spawn("accept", Impl::accept(impl_));
}

ScriptedServer::~ScriptedServer() {
  impl_->acceptor.close();
  impl_->scope.cancel();
}

std::uint16_t ScriptedServer::port() const {
  return impl_->acceptor.local_endpoint().port();
}
std::size_t ScriptedServer::connections() const {
  return impl_->connections;
}
const std::vector<std::string>& ScriptedServer::requests() const {
  return impl_->requests;
}

}  // namespace tollgate::fakes
