#include "api/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

namespace tollgate::api {

namespace ssl = boost::asio::ssl;

namespace {

// ALPN: HTTP/1.1 is all there is; a client that wants something else alone is refused in the handshake.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*argument*/) {
  static constexpr unsigned char kKnown[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  const int result = SSL_select_next_proto(&selected, size, kKnown, sizeof(kKnown) - 1, offered, offered_size);
  *chosen = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

auto unusable(std::string_view setting, const std::string& file, const boost::system::error_code& code) {
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("{}: '{}' cannot be used: {}", setting, file, code.message()));
}

}  // namespace

base::Result<TlsContext> make_tls_context(const std::string& certificate_file, const std::string& key_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code code;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, code);
  if (!code) context->use_certificate_chain_file(certificate_file, code);
  if (code) return unusable("serve_tls_certificate", certificate_file, code);
  context->use_private_key_file(key_file, ssl::context::pem, code);
  if (code) return unusable("serve_tls_key", key_file, code);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("serve_tls_key: '{}' is not the key of the certificate", key_file));
  }
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  return context;
}

}  // namespace tollgate::api
