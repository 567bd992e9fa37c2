// The certificate that the server shows.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"

namespace tollgate::api {

// TLS 1.2 and later, HTTP/1.1. Both files are PEM; the certificate's file holds its chain, too. kInvalidArgument names
// the file that cannot be used; the key's content is in no message.
base::Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate_file,
                                                                          const std::string& key_file);

}  // namespace tollgate::api
