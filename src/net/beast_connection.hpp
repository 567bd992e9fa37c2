// A connection over a Beast stream. Private to net and slow to compile: included by http_connection.cpp for plain
// streams and by tls_connection.cpp for TLS.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <sys/socket.h>

#include "net/connection_failure.hpp"
#include "net/http_connection.hpp"
#include "net/http_message.hpp"
#include "net/request_head.hpp"
#include "net/stream_io.hpp"

namespace tollgate::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

template <typename Stream>
class BeastConnection final : public HttpConnection {
 public:
  template <typename... Args>
  BeastConnection(Origin origin, const HttpClientConfig& config, Args&&... args)
      : origin_(std::move(origin)), config_(config), stream_(std::forward<Args>(args)...), chunk_(kReadBytes) {}

  Stream& stream() { return stream_; }

  asio::awaitable<base::Result<HttpHead>> exchange(const HttpCall& call) override {
    reply_begun_ = false;
    reusable_ = false;
    // Written as bytes: Beast's own writer, made for each kind of stream, took longer to compile than all the rest.
    const std::string head = request_head(call);
    expire(config_.idle_timeout, call.context.ends_at());
    const auto send_error = co_await write_all(stream_, {asio::buffer(head), asio::buffer(call.request.body)});
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
      expire(config_.first_byte_timeout, call.context.ends_at());
      const auto error = co_await read_until(stream_, buffer_, *parser, std::mem_fn(&Parser::is_header_done));
      reply_begun_ = reply_begun_ || parser->got_some();
      if (error) {
        co_return explained(error, Step::kWaitForReply, call, co_await asio::this_coro::cancellation_state);
      }
    } while (parser->get().result_int() < 200);

    HttpHead reply = head_of(*parser);
    CO_TRY_STATUS(co_await read_body(*parser, reply, call));
    reusable_ = parser->keep_alive() && buffer_.size() == 0 && !hung_up;
    tcp().expire_never();
    co_return reply;
  }

  bool reply_begun() const override { return reply_begun_; }
  bool reusable() const override { return reusable_; }

  // An idle connection has nothing to read: bytes or an end of stream mean that the server is done with it.
  bool peer_closed() override {
    char byte = 0;
    const auto got = ::recv(tcp().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

 private:
  using Parser = http::response_parser<http::buffer_body>;

  static HttpHead head_of(const Parser& parser) {
    const auto& message = parser.get();
    HttpHead head{static_cast<int>(message.result_int())};
    for (const auto& field : message) {
      head.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    return head;
  }

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
        expire(config_.idle_timeout, call.context.ends_at());
        error = co_await read_more(stream_, buffer_);
        if (error == asio::error::eof) parser.put_eof(error = {});
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

  TcpStream& tcp() { return lowest(stream_); }

  void expire(std::chrono::milliseconds limit, Deadline deadline) {
    tcp().expire_at(std::min(std::chrono::steady_clock::now() + limit, deadline));
  }

  std::unexpected<base::Error> explained(const error_code& error, Step step, const HttpCall& call,
                                         const asio::cancellation_state& cancellation) const {
    return explain(error, step, origin_, config_, call.context.ends_at(), cancellation);
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

// Resolves the origin's name and connects to the first of its addresses that answers.
asio::awaitable<base::Status> connect(TcpStream& stream, const Origin& origin, const HttpClientConfig& config,
                                      Deadline own_limit, Deadline deadline);

}  // namespace tollgate::net
