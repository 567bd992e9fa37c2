#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include "net/resolve.hpp"

namespace tollgate::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using base::ErrorCode;
using boost::system::error_code;

struct TlsSettings::Impl {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

TlsSettings::TlsSettings(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSettings::~TlsSettings() = default;

base::Result<std::unique_ptr<TlsSettings>> TlsSettings::load(const std::string& ca_file) {
  auto impl = std::make_unique<Impl>();
  auto& context = impl->context;
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  context.set_verify_mode(asio::ssl::verify_peer);
  error_code error;
  if (ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(ca_file, error);
  }
  if (error) {
    return base::fail(ErrorCode::kInvalidArgument,
                      ca_file.empty() ? "the system's CA certificates cannot be read; set http.ca_file"
                                      : fmt::format("http.ca_file: {} holds no readable PEM certificate", ca_file),
                      error.message());
  }
  return std::unique_ptr<TlsSettings>(new TlsSettings(std::move(impl)));
}

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kChunkBytes = 16U << 10;

// What a connection was doing when it failed: decides code, message and the setting named.
enum class Step { kConnect, kHandshake, kSend, kWaitForReply, kReadBody };

std::string timed_out(Step step, const Origin& origin, const HttpClientConfig& config) {
  const auto host = origin.authority();
  switch (step) {
    case Step::kConnect:
    case Step::kHandshake:
      return fmt::format("no connection to {} within {} ms (http.connect_timeout)", host,
                         config.connect_timeout.count());
    case Step::kSend:
      return fmt::format("{} took nothing of the request for {} ms (http.idle_timeout)", host,
                         config.idle_timeout.count());
    case Step::kWaitForReply:
      return fmt::format("no reply from {} within {} ms (http.first_byte_timeout)", host,
                         config.first_byte_timeout.count());
    case Step::kReadBody:
      return fmt::format("the reply of {} stood still for {} ms (http.idle_timeout)", host,
                         config.idle_timeout.count());
  }
  return host;
}

bool is_too_large(const error_code& error) {
  return error == http::error::header_limit || error == http::error::body_limit ||
         error == http::error::buffer_overflow;
}

base::Error too_large(const error_code& error, const Origin& origin, const HttpClientConfig& config) {
  if (error == http::error::body_limit) {
    return {ErrorCode::kTooLarge,
            fmt::format("the reply of {} is larger than {} bytes (http.max_body_bytes)", origin.authority(),
                        config.max_body_bytes),
            error.message()};
  }
  return {ErrorCode::kTooLarge,
          fmt::format("the reply headers of {} are larger than {} bytes (http.max_header_bytes)", origin.authority(),
                      config.max_header_bytes),
          error.message()};
}

base::Error refused(const error_code& error, Step step, const Origin& origin) {
  const auto host = origin.authority();
  switch (step) {
    case Step::kConnect:
      return {ErrorCode::kUnavailable, fmt::format("cannot connect to {}: is it running, and reachable?", host),
              error.message()};
    case Step::kHandshake:
      return {
          ErrorCode::kUnavailable,
          fmt::format("no secure connection to {}; if it uses a private certificate authority, set http.ca_file", host),
          error.message()};
    case Step::kSend:
    case Step::kWaitForReply:
      return {ErrorCode::kUnavailable, fmt::format("{} closed the connection without a reply", host), error.message()};
    case Step::kReadBody:
      return {ErrorCode::kBadReply, fmt::format("{} closed the connection in the middle of its reply", host),
              error.message()};
  }
  return {ErrorCode::kUnavailable, host, error.message()};
}

bool is_http_syntax(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_version).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

// Not a coroutine: after a cancellation, awaiting one would throw.
std::unexpected<base::Error> explain(const error_code& error, Step step, const Origin& origin,
                                     const HttpClientConfig& config, Deadline deadline,
                                     const asio::cancellation_state& cancellation) {
  const auto host = origin.authority();
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    return base::fail(ErrorCode::kCancelled, fmt::format("the call to {} was cancelled", host));
  }
  if (error == beast::error::timeout) {
    const bool own = std::chrono::steady_clock::now() < deadline;
    return base::fail(ErrorCode::kTimeout, own ? timed_out(step, origin, config)
                                               : fmt::format("the deadline passed while waiting for {}", host));
  }
  if (is_too_large(error)) return base::fail(too_large(error, origin, config));
  if (is_http_syntax(error)) {
    return base::fail(ErrorCode::kBadReply, fmt::format("{} does not answer in HTTP", host), error.message());
  }
  return base::fail(refused(error, step, origin));
}

http::verb to_verb(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet: return http::verb::get;
    case HttpMethod::kPost: return http::verb::post;
    case HttpMethod::kPut: return http::verb::put;
    case HttpMethod::kDelete: return http::verb::delete_;
    case HttpMethod::kHead: return http::verb::head;
  }
  return http::verb::get;
}

http::request<http::string_body> to_beast(const HttpCall& call) {
  http::request<http::string_body> message{to_verb(call.request.method), call.url.target, 11};
  message.set(http::field::host, call.url.origin.authority());
  message.set(http::field::user_agent, "tollgate");
  for (const auto& header : call.request.headers) message.set(header.name, header.value);
  message.body() = call.request.body;
  message.prepare_payload();
  return message;
}

template <typename Message>
HttpHead to_head(const Message& message) {
  HttpHead head{static_cast<int>(message.result_int())};
  for (const auto& field : message) {
    head.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return head;
}

template <typename Stream>
class BeastConnection final : public HttpConnection {
 public:
  template <typename... Args>
  BeastConnection(Origin origin, const HttpClientConfig& config, Args&&... args)
      : origin_(std::move(origin)), config_(config), stream_(std::forward<Args>(args)...), chunk_(kChunkBytes) {}

  Stream& stream() { return stream_; }

  asio::awaitable<base::Result<HttpHead>> exchange(const HttpCall& call) override {
    reply_begun_ = false;
    reusable_ = false;
    const auto deadline = call.context.deadline;
    const auto request = to_beast(call);
    expire(config_.idle_timeout, deadline);
    const auto [send_error, sent] = co_await http::async_write(stream_, request, kToken);
    // A server may refuse a large request and close before it has read all of it: look for its reply first.
    const bool hung_up = send_error == asio::error::broken_pipe || send_error == asio::error::connection_reset;
    if (send_error && !hung_up)
      co_return explained(send_error, Step::kSend, call, co_await asio::this_coro::cancellation_state);

    std::optional<Parser> parser;
    do {  // past 100 Continue and its kind
      parser.emplace();
      parser->header_limit(config_.max_header_bytes);
      parser->body_limit(config_.max_body_bytes);
      parser->skip(call.request.method == HttpMethod::kHead);
      expire(config_.first_byte_timeout, deadline);
      const auto [error, count] = co_await http::async_read_header(stream_, buffer_, *parser, kToken);
      reply_begun_ = reply_begun_ || parser->got_some();
      if (error) {
        co_return explained(error, Step::kWaitForReply, call, co_await asio::this_coro::cancellation_state);
      }
    } while (parser->get().result_int() < 200);

    HttpHead head = to_head(parser->get());
    CO_TRY_STATUS(co_await read_body(*parser, head, call));
    reusable_ = parser->keep_alive() && buffer_.size() == 0 && !hung_up;
    lowest().expires_never();
    co_return head;
  }

  bool reply_begun() const override { return reply_begun_; }
  bool reusable() const override { return reusable_; }

  // An idle connection has nothing to read: bytes or an end of stream mean that the server is done with it.
  bool peer_closed() override {
    char byte = 0;
    const auto got = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

 private:
  using Parser = http::response_parser<http::buffer_body>;

  // By hand and not by http::async_read_some, which waits for the line end after a chunk before it hands the chunk
  // over.
  asio::awaitable<base::Status> read_body(Parser& parser, const HttpHead& head, const HttpCall& call) {
    bool told = false;
    while (!parser.is_done()) {
      error_code error = http::error::need_more;
      if (buffer_.size() > 0) {
        const std::string_view piece = parse_some(parser, error);
        if (!piece.empty()) {
          told = true;
          CO_TRY_STATUS(call.sink(head, piece));
        }
        if (error == http::error::need_buffer) error = {};
      }
      if (error == http::error::need_more) {
        expire(config_.idle_timeout, call.context.deadline);
        const auto [failure, count] = co_await stream_.async_read_some(buffer_.prepare(kChunkBytes), kToken);
        buffer_.commit(count);
        error = failure;
        if (failure == asio::error::eof) parser.put_eof(error);
      }
      if (error) co_return explained(error, Step::kReadBody, call, co_await asio::this_coro::cancellation_state);
    }
    co_return told ? base::Status{} : call.sink(head, {});
  }

  // Lets the parser take one step through what was received; returns the part of the body in it.
  std::string_view parse_some(Parser& parser, error_code& error) {
    auto& body = parser.get().body();
    body.data = chunk_.data();
    body.size = chunk_.size();
    buffer_.consume(parser.put(buffer_.data(), error));
    return {chunk_.data(), chunk_.size() - body.size};
  }

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void expire(std::chrono::milliseconds limit, Deadline deadline) {
    lowest().expires_at(std::min(std::chrono::steady_clock::now() + limit, deadline));
  }

  std::unexpected<base::Error> explained(const error_code& error, Step step, const HttpCall& call,
                                         const asio::cancellation_state& cancellation) const {
    return explain(error, step, origin_, config_, call.context.deadline, cancellation);
  }

  // Constant after construction.
  const Origin origin_;
  const HttpClientConfig& config_;
  // Used only on the executor.
  Stream stream_;
  beast::flat_buffer buffer_;
  std::vector<char> chunk_;
  bool reply_begun_ = false;
  bool reusable_ = false;
};

using PlainConnection = BeastConnection<beast::tcp_stream>;
using TlsConnection = BeastConnection<beast::ssl_stream<beast::tcp_stream>>;
using OpenedConnection = base::Result<std::unique_ptr<HttpConnection>>;

asio::awaitable<base::Status> connect(beast::tcp_stream& stream, const Origin& origin, const HttpClientConfig& config,
                                      Deadline own_limit, Deadline deadline) {
  CO_TRY(const auto addresses, co_await resolve(origin.host, origin.port, own_limit));
  std::vector<tcp::endpoint> endpoints;
  for (const auto& [address, port] : addresses) endpoints.emplace_back(asio::ip::make_address(address), port);
  stream.expires_at(own_limit);
  const auto [error, endpoint] = co_await stream.async_connect(endpoints, kToken);
  if (error) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    co_return explain(error, Step::kConnect, origin, config, deadline, cancellation);
  }
  error_code ignored;  // only costs latency
  stream.socket().set_option(tcp::no_delay(true), ignored);
  co_return base::Status{};
}

asio::awaitable<base::Status> shake_hands(beast::ssl_stream<beast::tcp_stream>& stream, const Origin& origin,
                                          const HttpClientConfig& config, Deadline deadline) {
  error_code not_literal;
  asio::ip::make_address(origin.host, not_literal);
  if (not_literal) {  // RFC 6066 §3: no addresses in SNI. The macro of the same purpose casts in C style.
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(origin.host.c_str()));
  }
  stream.set_verify_callback(asio::ssl::host_name_verification(origin.host));
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  if (!error) co_return base::Status{};
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  auto failure = explain(error, Step::kHandshake, origin, config, deadline, cancellation);
  const auto verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict != X509_V_OK) failure.error().detail = X509_verify_cert_error_string(verdict);
  co_return failure;
}

}  // namespace

asio::awaitable<OpenedConnection> open_connection(const Origin& origin, const HttpClientConfig& config,
                                                  TlsSettings* tls, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto own_limit = std::min(deadline, std::chrono::steady_clock::now() + config.connect_timeout);
  if (origin.scheme == Scheme::kHttp) {
    auto connection = std::make_unique<PlainConnection>(origin, config, executor);
    CO_TRY_STATUS(co_await connect(connection->stream(), origin, config, own_limit, deadline));
    co_return connection;
  }
  auto connection = std::make_unique<TlsConnection>(origin, config, executor, tls->impl().context);
  CO_TRY_STATUS(co_await connect(beast::get_lowest_layer(connection->stream()), origin, config, own_limit, deadline));
  CO_TRY_STATUS(co_await shake_hands(connection->stream(), origin, config, deadline));
  co_return connection;
}

}  // namespace tollgate::net
