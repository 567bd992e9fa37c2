// What one I/O thread has of a PostgreSQL database: a pool whose connections live and stay on its executor.
//
// Executor: the one given, of one thread, which must outlive the lane; start(), tend() and counters() may be called on
//           any thread. Destroyed while that thread runs nothing of it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>

#include "net/task_scope.hpp"
#include "store/pool_counters.hpp"
#include "store/postgres/pg_pool.hpp"

namespace tollgate::store {

class PgLane {
 public:
  // `config`: with this lane's share of the connections. `random` must outlive it.
  PgLane(boost::asio::any_io_executor executor, PgTarget target, PostgresConfig config, base::Random& random);

  bool runs_on(const boost::asio::any_io_executor& executor) const;
  PgPool& pool() { return pool_; }
  PoolCounters counters() const { return pool_.counters(); }

  // Has the coroutine that `begin` makes run on the lane's executor: for callers on another one.
  void start(std::move_only_function<boost::asio::awaitable<void>()> begin);

  // Has the pool tended, unless it is being tended.
  static void tend(const std::shared_ptr<PgLane>& lane);

 private:
  static boost::asio::awaitable<void> tend_once(std::shared_ptr<PgLane> lane);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const PgTarget target_;
  // Any thread.
  std::atomic<bool> is_tended_ = false;
  // Used only on the executor.
  PgPool pool_;
  net::TaskScope scope_;
};

}  // namespace tollgate::store
