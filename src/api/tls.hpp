// The certificate that the server shows.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace tollgate::api {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;  // null: plain HTTP

// TLS 1.2 and later, HTTP/1.1. Both files are PEM; the certificate's file holds its chain, too. kInvalidArgument names
// the file that cannot be used; the key's content is in no message.
base::Result<TlsContext> make_tls_context(const std::string& certificate_file, const std::string& key_file);

}  // namespace tollgate::api
