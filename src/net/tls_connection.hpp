// Connections over TLS. Private to net.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/http_connection.hpp"

namespace boost::asio::ssl {
class context;
}

namespace tollgate::net {

boost::asio::ssl::context& context_of(TlsSettings& tls);

// As open_connection(); `own_limit` is the earlier one of the connect timeout and the deadline.
boost::asio::awaitable<base::Result<std::unique_ptr<HttpConnection>>> open_tls_connection(
    const Origin& origin, const HttpClientConfig& config, TlsSettings& tls, Deadline own_limit, Deadline deadline);

}  // namespace tollgate::net
