// Keeps idle connections for reuse, and bounds how many calls one origin serves at a time.
//
// Executor: used only on the executor given at construction. Must outlive its leases.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"
#include "net/http_connection.hpp"
#include "net/url.hpp"

namespace tollgate::net {

class ConnectionPool {
 public:
  // The right to hold one connection to an origin; gives it to the next in line when destroyed.
  class Lease {
   public:
    Lease(ConnectionPool& pool, Origin origin) : pool_(&pool), origin_(std::move(origin)) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), origin_(std::move(other.origin_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_) pool_->leave(origin_);
    }

   private:
    ConnectionPool* pool_;
    Origin origin_;
  };

  ConnectionPool(boost::asio::any_io_executor executor, const HttpClientConfig& config);
  ~ConnectionPool();

  // Waits for a free place, first come first served. kTimeout at the deadline.
  boost::asio::awaitable<base::Result<Lease>> enter(Origin origin, Deadline deadline);

  // The idle connection used last, or nullptr. Too old and closed ones are dropped on the way.
  std::unique_ptr<HttpConnection> take_idle(const Origin& origin);
  void keep_idle(const Origin& origin, std::unique_ptr<HttpConnection> connection);

 private:
  struct Waiter;
  struct Idle {
    std::unique_ptr<HttpConnection> connection;
    std::chrono::steady_clock::time_point since;
  };
  struct Place {
    std::vector<Idle> idle{};  // oldest first
    std::size_t active = 0;
    std::list<Waiter*> waiting{};
  };

  void leave(const Origin& origin);
  void drop_expired();

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const HttpClientConfig& config_;
  // Used only on the executor.
  std::map<Origin, Place> places_;
};

}  // namespace tollgate::net
