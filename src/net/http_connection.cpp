#include "net/http_connection.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/beast_connection.hpp"
#include "net/connection_failure.hpp"
#include "net/resolve.hpp"
#include "net/tls_connection.hpp"

namespace tollgate::net {

using asio::ip::tcp;

asio::awaitable<base::Status> connect(TcpStream& stream, const Origin& origin, const HttpClientConfig& config,
                                      Deadline own_limit, Deadline deadline) {
  CO_TRY(const auto addresses, co_await resolve(origin.host, origin.port, own_limit));
  std::vector<tcp::endpoint> endpoints;
  for (const auto& [address, port] : addresses) endpoints.emplace_back(asio::ip::make_address(address), port);
  stream.expire_at(own_limit);
  const auto error = co_await stream.connect(endpoints);
  if (error) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    co_return explain(error, Step::kConnect, origin, config, deadline, cancellation);
  }
  co_return base::Status{};
}

asio::awaitable<base::Result<std::unique_ptr<HttpConnection>>> open_connection(const Origin& origin,
                                                                               const HttpClientConfig& config,
                                                                               TlsSettings* tls, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto own_limit = std::min(deadline, std::chrono::steady_clock::now() + config.connect_timeout);
  if (origin.scheme == Scheme::kHttps) {
    co_return co_await open_tls_connection(origin, config, *tls, own_limit, deadline);
  }
  auto connection = std::make_unique<BeastConnection<TcpStream>>(origin, config, executor);
  CO_TRY_STATUS(co_await connect(connection->stream(), origin, config, own_limit, deadline));
  co_return connection;
}

}  // namespace tollgate::net
