#include "net/resolve.hpp"

#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::net {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), answered(executor) {}
  tcp::resolver resolver;
  asio::steady_timer answered;  // cancelled when the answer is there
  bool done = false;
  boost::system::error_code error{};
  std::vector<ResolvedAddress> addresses{};
};

}  // namespace

asio::awaitable<base::Result<std::vector<ResolvedAddress>>> resolve(std::string host, std::uint16_t port,
                                                                    Deadline deadline) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return std::vector<ResolvedAddress>{{literal.to_string(), port}};

  const auto executor = co_await asio::this_coro::executor;
  // Shared with the resolver's handler, which may come after this coroutine has given up.
  const auto lookup = std::make_shared<Lookup>(executor);
  auto on_answer = [lookup](const boost::system::error_code& error, const tcp::resolver::results_type& results) {
    lookup->done = true;
    lookup->error = error;
    for (const auto& entry : results) {
      lookup->addresses.push_back({entry.endpoint().address().to_string(), entry.endpoint().port()});
    }
    lookup->answered.cancel();
  };
  lookup->answered.expires_at(deadline);
  lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service, std::move(on_answer));
  co_await lookup->answered.async_wait(asio::as_tuple(asio::use_awaitable));

  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
    co_return base::fail(base::ErrorCode::kCancelled, fmt::format("the call to {} was cancelled", host));
  }
  if (!lookup->done) {
    co_return base::fail(base::ErrorCode::kTimeout,
                         fmt::format("no address for the host {} in time; check the name server", host));
  }
  if (lookup->error) {
    co_return base::fail(base::ErrorCode::kUnavailable,
                         fmt::format("the host name {} has no address; check its spelling and the network", host),
                         lookup->error.message());
  }
  co_return std::move(lookup->addresses);
}

}  // namespace tollgate::net
