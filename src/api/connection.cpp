#include "api/connection.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "api/end_of_client.hpp"
#include "api/event_stream.hpp"
#include "api/problem.hpp"
#include "api/router.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"
#include "net/stream_io.hpp"

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
  constexpr std::size_t kHeadBytes = 1024;  // of nearly all
  std::string out;
  out.reserve(kHeadBytes + reply.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ");
  out.append(std::string_view(http::obsolete_reason(static_cast<http::status>(reply.status)))).append("\r\n");
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!reply.content_type.empty()) field("Content-Type", reply.content_type);
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (reply.source) {
    field("Transfer-Encoding", "chunked");
  } else if (!reply.stream && !bodiless)
    field("Content-Length", std::to_string(reply.body.size()));
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

using TlsStream = asio::ssl::stream<net::TcpStream>;

template <typename Stream>  // net::TcpStream or TlsStream
class Connection final : public ByteSink, public ClientWatch {
 public:
  Connection(Stream stream, Service& service, const ConnectionLimits& limits, IdleConnections& idle,
             std::function<void()> cancel)
      : stream_(std::move(stream)),
        end_of_client_(std::make_shared<EndOfClient>(tcp().socket(), std::move(cancel))),
        address_(address_of(tcp().socket())),
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
    tcp().expire_after(limits_.write_timeout);
    const auto error = co_await net::write_all(stream_, {asio::buffer(bytes)});
    co_return !error;
  }

  void begin_watch() override { end_of_client_->begin(); }
  void end_watch() override { end_of_client_->end(); }

 private:
  using Parser = http::request_parser<http::string_body>;
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  net::TcpStream& tcp() { return net::lowest(stream_); }

  asio::awaitable<bool> begin() {
    if constexpr (kIsTls) {
      tcp().expire_after(limits_.header_timeout);
      const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
      co_return !error;
    }
    co_return true;
  }

  asio::awaitable<void> end() {
    if constexpr (kIsTls) {
      tcp().expire_after(limits_.header_timeout);
      (void)co_await stream_.async_shutdown(kAwait);
    }
    error_code ignored;
    tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
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
    tcp().expire_never();
    Reply reply = co_await answer(routes(), service_, std::move(request));
    bool keep_alive = wants_more && service_.is_ready && !reply.stream;
    const bool sent = co_await write(written(reply, request_id, head_only, keep_alive));
    if (sent && reply.stream && !head_only) co_await send_events(service_, *std::move(reply.stream), *this);
    if (sent && reply.source && !head_only) keep_alive = co_await send_body(*reply.source) && keep_alive;
    co_return sent&& keep_alive;
  }

  // False when the body is not whole; then the connection must be closed, so that the client sees it.
  asio::awaitable<bool> send_body(BodySource& source) {
    const WhileClientWaits watched(this);
    for (;;) {
      const auto piece = co_await source.next();
      if (auto chunk = chunk_of(piece); !chunk.empty() && !co_await write(std::move(chunk))) co_return false;
      if (piece.end != BodyEnd::kMore) co_return piece.end == BodyEnd::kWhole;
      tcp().expire_never();
    }
  }

  // Until there is a byte of the next request.
  asio::awaitable<bool> wait_for_request() {
    if (buffer_.size() > 0) co_return true;
    if (idle_.is_closed()) co_return false;
    idle_.add(tcp().socket());
    tcp().expire_after(limits_.idle_timeout);
    const auto error = co_await net::read_more(stream_, buffer_, kFirstRead);
    idle_.remove(tcp().socket());
    co_return !error;
  }

  asio::awaitable<error_code> read(Parser& parser) {
    tcp().expire_after(limits_.header_timeout);
    const auto has_head = std::mem_fn(&Parser::is_header_done);
    if (const auto error = co_await net::read_until(stream_, buffer_, parser, has_head)) co_return error;
    if (const auto error = ambiguity_of(parser.get())) co_return error;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue") &&
        !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
      co_return asio::error::make_error_code(asio::error::connection_aborted);
    }
    tcp().expire_after(limits_.body_timeout);
    co_return co_await net::read_until(stream_, buffer_, parser, std::mem_fn(&Parser::is_done));
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
  const std::shared_ptr<EndOfClient> end_of_client_;
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
                                       const ConnectionLimits& limits, IdleConnections& idle,
                                       std::function<void()> cancel) {
  net::TcpStream stream(std::move(socket));
  if (tls) {
    Connection connection(TlsStream(std::move(stream), *tls), service, limits, idle, std::move(cancel));
    co_await connection.serve();
  } else {
    Connection connection(std::move(stream), service, limits, idle, std::move(cancel));
    co_await connection.serve();
  }
}

}  // namespace tollgate::api
