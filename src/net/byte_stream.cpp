#include "net/byte_stream.hpp"

#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "net/resolve.hpp"
#include "net/stream_io.hpp"
#include "net/tls_connection.hpp"

namespace tollgate::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using base::ErrorCode;
using boost::system::error_code;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

std::unexpected<base::Error> failure(const error_code& error, const std::string& place, const std::string& what) {
  if (error == asio::error::operation_aborted) {
    return base::fail(ErrorCode::kCancelled, fmt::format("the connection to {} was given up", place));
  }
  if (error == beast::error::timeout) {
    return base::fail(ErrorCode::kTimeout, fmt::format("{} did not answer in time", place), what);
  }
  return base::fail(ErrorCode::kUnavailable, what, error.message());
}

template <typename Stream>
class TcpByteStream final : public ByteStream {
 public:
  template <typename... Args>
  explicit TcpByteStream(std::string place, Args&&... args)
      : place_(std::move(place)), stream_(std::forward<Args>(args)...) {}

  Stream& stream() { return stream_; }
  TcpStream& tcp() { return lowest(stream_); }

  asio::awaitable<base::Result<std::size_t>> read_some(std::span<char> into) override {
    const auto [failed, count] = co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), kToken);
    if (const auto error = tcp().told(failed))
      co_return failure(error, place_, fmt::format("the connection to {} was lost", place_));
    co_return count;
  }
  asio::awaitable<base::Status> write(std::string bytes) override {
    if (const auto error = co_await write_all(stream_, {asio::buffer(bytes)}))
      co_return failure(error, place_, fmt::format("the connection to {} was lost", place_));
    co_return base::Status{};
  }

  void expire_at(Deadline deadline) override { tcp().expire_at(deadline); }
  void close() override { tcp().close(); }

 private:
  const std::string place_;
  Stream stream_;
};

using PlainStream = TcpByteStream<TcpStream>;
using TlsStream = TcpByteStream<beast::ssl_stream<TcpStream>>;

asio::awaitable<base::Status> connect(TcpStream& stream, const StreamTarget& target, Deadline deadline) {
  CO_TRY(const auto addresses, co_await resolve(target.host, target.port, deadline));
  std::vector<tcp::endpoint> endpoints;
  for (const auto& [address, port] : addresses) endpoints.emplace_back(asio::ip::make_address(address), port);
  stream.expire_at(deadline);
  const auto error = co_await stream.connect(endpoints);
  const auto place = target.to_string();
  if (error) {
    co_return failure(error, place, fmt::format("cannot connect to {}: is it running, and reachable?", place));
  }
  co_return base::Status{};
}

asio::awaitable<base::Status> shake_hands(beast::ssl_stream<TcpStream>& stream, const StreamTarget& target) {
  error_code not_literal;
  asio::ip::make_address(target.host, not_literal);
  if (not_literal) {  // RFC 6066 §3: no addresses in SNI. The macro of the same purpose casts in C style.
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(target.host.c_str()));
  }
  stream.set_verify_callback(asio::ssl::host_name_verification(target.host));
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  const auto error = lowest(stream).told(failed);
  if (!error) co_return base::Status{};
  const auto place = target.to_string();
  co_return failure(
      error, place,
      fmt::format("no secure connection to {}; if it uses a private certificate authority, set http_ca_file", place));
}

}  // namespace

std::string StreamTarget::to_string() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

asio::awaitable<base::Result<std::unique_ptr<ByteStream>>> open_stream(StreamTarget target, TlsSettings* tls,
                                                                       Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  if (!target.with_tls) {
    auto stream = std::make_unique<PlainStream>(target.to_string(), executor);
    CO_TRY_STATUS(co_await connect(stream->stream(), target, deadline));
    stream->expire_at(Deadline::max());
    co_return stream;
  }
  auto stream = std::make_unique<TlsStream>(target.to_string(), executor, context_of(*tls));
  CO_TRY_STATUS(co_await connect(stream->tcp(), target, deadline));
  CO_TRY_STATUS(co_await shake_hands(stream->stream(), target));
  stream->expire_at(Deadline::max());
  co_return stream;
}

}  // namespace tollgate::net
