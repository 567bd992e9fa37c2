#include "net/tls_connection.hpp"

#include <string>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "net/beast_connection.hpp"
#include "net/connection_failure.hpp"

namespace tollgate::net {

using base::ErrorCode;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

struct TlsSettings::Impl {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

TlsSettings::TlsSettings(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSettings::~TlsSettings() = default;

asio::ssl::context& context_of(TlsSettings& tls) {
  return tls.impl().context;
}

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
                      ca_file.empty() ? "the system's CA certificates cannot be read; set http_ca_file"
                                      : fmt::format("http_ca_file: {} holds no readable PEM certificate", ca_file),
                      error.message());
  }
  return std::unique_ptr<TlsSettings>(new TlsSettings(std::move(impl)));
}

namespace {

using TlsStream = beast::ssl_stream<TcpStream>;

asio::awaitable<base::Status> shake_hands(TlsStream& stream, const Origin& origin, const HttpClientConfig& config,
                                          Deadline deadline) {
  error_code not_literal;
  asio::ip::make_address(origin.host, not_literal);
  if (not_literal) {  // RFC 6066 §3: no addresses in SNI. The macro of the same purpose casts in C style.
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(origin.host.c_str()));
  }
  stream.set_verify_callback(asio::ssl::host_name_verification(origin.host));
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  const auto error = lowest(stream).told(failed);
  if (!error) co_return base::Status{};
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  auto failure = explain(error, Step::kHandshake, origin, config, deadline, cancellation);
  const auto verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict != X509_V_OK) failure.error().detail = X509_verify_cert_error_string(verdict);
  co_return failure;
}

}  // namespace

asio::awaitable<base::Result<std::unique_ptr<HttpConnection>>> open_tls_connection(const Origin& origin,
                                                                                   const HttpClientConfig& config,
                                                                                   TlsSettings& tls, Deadline own_limit,
                                                                                   Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  auto connection = std::make_unique<BeastConnection<TlsStream>>(origin, config, executor, tls.impl().context);
  CO_TRY_STATUS(co_await connect(lowest(connection->stream()), origin, config, own_limit, deadline));
  CO_TRY_STATUS(co_await shake_hands(connection->stream(), origin, config, deadline));
  co_return connection;
}

}  // namespace tollgate::net
