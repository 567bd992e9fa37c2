#include "net/connection_pool.hpp"

#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::net {
namespace asio = boost::asio;

struct ConnectionPool::Waiter {
  asio::steady_timer turn;  // cancelled when the place is granted
  bool granted = false;
};

ConnectionPool::ConnectionPool(asio::any_io_executor executor, const HttpClientConfig& config)
    : executor_(std::move(executor)), config_(config) {}

ConnectionPool::~ConnectionPool() = default;

asio::awaitable<base::Result<ConnectionPool::Lease>> ConnectionPool::enter(Origin origin, Deadline deadline) {
  Place& place = places_[origin];  // stays: leave() removes a place only when nobody is in it or waits for it
  if (place.active < config_.max_connections_per_origin) {
    ++place.active;
    co_return Lease(*this, std::move(origin));
  }
  Waiter waiter{asio::steady_timer(executor_, deadline)};
  const auto position = place.waiting.insert(place.waiting.end(), &waiter);
  co_await waiter.turn.async_wait(asio::as_tuple(asio::use_awaitable));
  std::optional<Lease> lease;
  if (waiter.granted) {
    lease.emplace(*this, origin);
  } else {
    place.waiting.erase(position);
  }
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
    co_return base::fail(base::ErrorCode::kCancelled, fmt::format("the call to {} was cancelled", origin.host));
  }
  if (lease) co_return std::move(*lease);
  co_return base::fail(base::ErrorCode::kTimeout,
                       fmt::format("no free connection to {} in time: all {} that may be open are in use", origin.host,
                                   config_.max_connections_per_origin));
}

void ConnectionPool::leave(const Origin& origin) {
  const auto found = places_.find(origin);
  if (found == places_.end()) return;
  Place& place = found->second;
  if (!place.waiting.empty()) {
    Waiter* const next = place.waiting.front();
    place.waiting.pop_front();
    next->granted = true;
    next->turn.cancel();
    return;
  }
  --place.active;
  if (place.active == 0 && place.idle.empty()) places_.erase(found);
}

std::unique_ptr<HttpConnection> ConnectionPool::take_idle(const Origin& origin) {
  drop_expired();
  const auto found = places_.find(origin);
  if (found == places_.end()) return nullptr;
  auto& idle = found->second.idle;
  while (!idle.empty()) {
    auto connection = std::move(idle.back().connection);
    idle.pop_back();
    if (!connection->peer_closed()) return connection;
  }
  return nullptr;
}

void ConnectionPool::keep_idle(const Origin& origin, std::unique_ptr<HttpConnection> connection) {
  auto& idle = places_[origin].idle;
  idle.push_back({std::move(connection), std::chrono::steady_clock::now()});
  if (idle.size() > config_.max_idle_per_origin) idle.erase(idle.begin());
}

void ConnectionPool::drop_expired() {
  const auto oldest = std::chrono::steady_clock::now() - config_.keep_alive;
  for (auto it = places_.begin(); it != places_.end();) {
    Place& place = it->second;
    std::erase_if(place.idle, [&](const Idle& idle) { return idle.since < oldest; });
    const bool unused = place.active == 0 && place.idle.empty() && place.waiting.empty();
    it = unused ? places_.erase(it) : std::next(it);
  }
}

}  // namespace tollgate::net
