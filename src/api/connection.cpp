#include "api/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "api/event_stream.hpp"
#include "api/problem.hpp"
#include "api/router.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

std::string address_of(const tcp::socket& socket) {
  error_code ignored;
  const auto endpoint = socket.remote_endpoint(ignored);
  return ignored ? std::string() : endpoint.address().to_string();
}

bool is_request_id(std::string_view text) {
  constexpr std::size_t kMaxBytes = 64;
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() <= kMaxBytes && std::all_of(text.begin(), text.end(), allowed);
}

Request to_request(http::request<http::string_body> message, std::string address, Service& service) {
  Request request{
      .method = std::string(message.method_string()), .target = std::string(message.target()), .headers = {}};
  for (const auto& field : message) {
    request.headers.insert_or_assign(base::lower_ascii(std::string_view(field.name_string())),
                                     std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.address = std::move(address);
  const auto given = request.header("x-request-id");
  request.request_id =
      is_request_id(given) ? std::string(given) : base::Uuid::make(service.clock.now(), service.random).to_string();
  return request;
}

// What another program on the way here may read otherwise, so that it would take one request for two; Beast refuses the
// rest, as a length beside chunks.
error_code ambiguity_of(const http::request_header<>& head) {
  constexpr unsigned kHttp11 = 11;
  if (head.version() != kHttp11 && head.version() != kHttp11 - 1) return http::error::bad_version;
  if (head.count(http::field::host) != 1 && head.version() == kHttp11) return http::error::bad_field;
  if (const auto codings = head.count(http::field::transfer_encoding); codings > 0) {
    const bool is_chunked = codings == 1 && beast::iequals(head[http::field::transfer_encoding], "chunked");
    if (!is_chunked || head.version() != kHttp11) return http::error::bad_transfer_encoding;
  }
  return {};
}

// The reply's head, and its body unless the method is HEAD or the status has none.
std::string written(const Reply& reply, std::string_view request_id, bool head_only, bool keep_alive) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", reply.status,
                                std::string_view(http::obsolete_reason(static_cast<http::status>(reply.status))));
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!reply.content_type.empty()) field("Content-Type", reply.content_type);
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (reply.source) {
    field("Transfer-Encoding", "chunked");
  } else if (!reply.stream && !bodiless)
    field("Content-Length", fmt::format("{}", reply.body.size()));
  for (const auto& [name, value] : reply.headers) field(name, value);
  field("X-Request-Id", request_id);
  field("X-Content-Type-Options", "nosniff");
  field("X-Frame-Options", "DENY");
  field("Referrer-Policy", "no-referrer");
  field("Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'");
  field("Cache-Control", reply.stream || reply.source ? "no-store" : "private, no-cache");
  field("Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  if (!head_only && !bodiless && !reply.stream && !reply.source) out += reply.body;
  return out;
}

std::string chunk_of(const BodyPiece& piece) {
  std::string out;
  if (!piece.bytes.empty()) out = fmt::format("{:x}\r\n{}\r\n", piece.bytes.size(), piece.bytes);
  if (piece.end == BodyEnd::kWhole) out += "0\r\n\r\n";
  return out;
}

using TlsStream = asio::ssl::stream<beast::tcp_stream>;

template <typename Stream>  // beast::tcp_stream or TlsStream
class Connection final : public ByteSink, public ClientWatch {
 public:
  Connection(Stream stream, Service& service, const ConnectionLimits& limits, IdleConnections& idle)
      : stream_(std::move(stream)),
        address_(address_of(tcp_socket())),
        service_(service),
        limits_(limits),
        idle_(idle) {}

  asio::awaitable<void> serve() {
    if (!co_await begin()) co_return;
    while (co_await serve_request()) {
    }
    co_await end();
  }

  asio::awaitable<bool> write(std::string bytes) override {
    expire_after(limits_.write_timeout);
    const auto [error, count] = co_await asio::async_write(stream_, asio::buffer(bytes), kAwait);
    co_return !error;
  }

  // What the client sends meanwhile is its next request, and stays where it is.
  asio::awaitable<void> until_gone() override {
    for (;;) {
      const auto [error] = co_await tcp_socket().async_wait(tcp::socket::wait_read, kAwait);
      if (error) co_return;
      char byte = 0;
      const auto got = ::recv(tcp_socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) co_return;
      if (got > 0) break;
    }
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(kAwait);
  }

 private:
  using Parser = http::request_parser<http::string_body>;
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  tcp::socket& tcp_socket() { return beast::get_lowest_layer(stream_).socket(); }
  void expire_never() { beast::get_lowest_layer(stream_).expires_never(); }
  void expire_after(std::chrono::seconds time) { beast::get_lowest_layer(stream_).expires_after(time); }

  asio::awaitable<bool> begin() {
    if constexpr (kIsTls) {
      expire_after(limits_.header_timeout);
      const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
      co_return !error;
    }
    co_return true;
  }

  asio::awaitable<void> end() {
    if constexpr (kIsTls) {
      expire_after(limits_.header_timeout);
      (void)co_await stream_.async_shutdown(kAwait);
    }
    error_code ignored;
    tcp_socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  // False when the connection is to be closed.
  asio::awaitable<bool> serve_request() {
    Parser parser;
    parser.header_limit(limits_.max_header_bytes);
    parser.body_limit(limits_.max_body_bytes);
    if (!co_await wait_for_request()) co_return false;
    if (const auto error = co_await read(parser); error) {
      if (const auto refusal = refusal_of(error)) co_await write(*refusal);
      co_return false;
    }
    const bool head_only = parser.get().method() == http::verb::head;
    const bool wants_more = parser.keep_alive();
    auto request = to_request(parser.release(), address_, service_);
    const std::string request_id = request.request_id;
    request.client = this;
    expire_never();
    Reply reply = co_await answer(routes(), service_, std::move(request));
    bool keep_alive = wants_more && service_.is_ready && !reply.stream;
    const bool sent = co_await write(written(reply, request_id, head_only, keep_alive));
    if (sent && reply.stream && !head_only) co_await send_events(service_, *std::move(reply.stream), *this);
    if (sent && reply.source && !head_only) keep_alive = co_await send_body(*reply.source) && keep_alive;
    co_return sent&& keep_alive;
  }

  // False when the body is not whole; then the connection must be closed, so that the client sees it.
  asio::awaitable<bool> send_body(BodySource& source) {
    using namespace asio::experimental::awaitable_operators;
    const auto first = co_await (send_pieces(source) || until_gone());
    const auto* whole = std::get_if<0>(&first);
    co_return whole && *whole;
  }

  asio::awaitable<bool> send_pieces(BodySource& source) {
    for (;;) {
      const auto piece = co_await source.next();
      if (auto chunk = chunk_of(piece); !chunk.empty() && !co_await write(std::move(chunk))) co_return false;
      if (piece.end != BodyEnd::kMore) co_return piece.end == BodyEnd::kWhole;
      expire_never();
    }
  }

  // Until there is a byte of the next request.
  asio::awaitable<bool> wait_for_request() {
    if (buffer_.size() > 0) co_return true;
    if (idle_.is_closed()) co_return false;
    idle_.add(tcp_socket());
    expire_after(limits_.idle_timeout);
    const auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(kFirstRead), kAwait);
    idle_.remove(tcp_socket());
    if (error) co_return false;
    buffer_.commit(count);
    co_return true;
  }

  asio::awaitable<error_code> read(Parser& parser) {
    expire_after(limits_.header_timeout);
    const auto [head_error, head_bytes] = co_await http::async_read_header(stream_, buffer_, parser, kAwait);
    if (head_error) co_return head_error;
    if (const auto error = ambiguity_of(parser.get())) co_return error;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue") &&
        !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
      co_return asio::error::make_error_code(asio::error::connection_aborted);
    }
    expire_after(limits_.body_timeout);
    const auto [body_error, body_bytes] = co_await http::async_read(stream_, buffer_, parser, kAwait);
    co_return body_error;
  }

  // What a client that broke the rules is told before the connection is closed; nothing when it went away.
  std::optional<std::string> refusal_of(const error_code& error) const {
    const bool is_http = error.category() == http::make_error_code(http::error::bad_method).category();
    if (!is_http && error != beast::error::timeout) return std::nullopt;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
    return refusal(error);
  }

  std::string refusal(const error_code& error) const {
    const auto id = base::Uuid::make(service_.clock.now(), service_.random).to_string();
    Reply reply = problem({base::ErrorCode::kInvalidArgument, "the request is no valid HTTP: " + error.message()}, id);
    reply.status = 400;
    if (error == http::error::header_limit) reply.status = 431;
    if (error == http::error::body_limit) {
      reply = problem(
          {base::ErrorCode::kTooLarge, fmt::format("the body is larger than {} bytes", limits_.max_body_bytes)}, id);
    }
    if (error == beast::error::timeout) reply.status = 408;
    return written(reply, id, false, false);
  }

  static constexpr std::size_t kFirstRead = 4096;

  Stream stream_;
  const std::string address_;
  beast::flat_buffer buffer_;
  Service& service_;
  const ConnectionLimits& limits_;
  IdleConnections& idle_;
};

}  // namespace

void IdleConnections::close_all() {
  closed_ = true;
  error_code ignored;
  for (auto* socket : sockets_) socket->cancel(ignored);
}

asio::awaitable<void> serve_connection(tcp::socket socket, TlsContext tls, Service& service,
                                       const ConnectionLimits& limits, IdleConnections& idle) {
  beast::tcp_stream stream(std::move(socket));
  if (tls) {
    Connection connection(TlsStream(std::move(stream), *tls), service, limits, idle);
    co_await connection.serve();
  } else {
    Connection connection(std::move(stream), service, limits, idle);
    co_await connection.serve();
  }
}

}  // namespace tollgate::api
