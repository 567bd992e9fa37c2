// The lanes of a PostgreSQL database, between which its connections are divided.
//
// Thread: any.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "store/postgres/pg_lane.hpp"

namespace tollgate::store {

// The executors of I/O threads, each of one thread.
using IoThreads = std::vector<boost::asio::any_io_executor>;

class PgLanes {
 public:
  // The connections of `config` are those of all threads together. With fewer connections than threads, the last
  // threads have none of their own.
  PgLanes(const IoThreads& threads, const PgTarget& target, const PostgresConfig& config, base::Random& random);

  // The one of this executor. Shared with the calls under way: a coroutine that is destroyed with its executor gives
  // its connection back. For an executor that has none, the others take turns.
  std::shared_ptr<PgLane> lane_for(const boost::asio::any_io_executor& executor);

  PoolCounters counters() const;  // of all together
  void tend() const;

 private:
  std::vector<std::shared_ptr<PgLane>> lanes_;  // constant after construction
  std::atomic<std::size_t> turn_ = 0;
};

}  // namespace tollgate::store
