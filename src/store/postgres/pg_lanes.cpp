#include "store/postgres/pg_lanes.hpp"

#include <algorithm>

namespace tollgate::store {
namespace {

// What the part numbered `index` gets of `total`, as evenly as whole numbers allow.
int share(int total, std::size_t index, std::size_t parts) {
  const auto count = static_cast<int>(parts);
  return total / count + (static_cast<int>(index) < total % count ? 1 : 0);
}

}  // namespace

PgLanes::PgLanes(const IoThreads& threads, const PgTarget& target, const PostgresConfig& config, base::Random& random) {
  const auto count = std::min(threads.size(), static_cast<std::size_t>(config.max_connections));
  for (std::size_t i = 0; i < count; ++i) {
    auto own = config;
    own.min_connections = share(config.min_connections, i, count);
    own.max_connections = share(config.max_connections, i, count);
    lanes_.push_back(std::make_shared<PgLane>(threads[i], target, std::move(own), random));
  }
}

std::shared_ptr<PgLane> PgLanes::lane_for(const boost::asio::any_io_executor& executor) {
  for (const auto& lane : lanes_) {
    if (lane->runs_on(executor)) return lane;
  }
  return lanes_[turn_++ % lanes_.size()];
}

PoolCounters PgLanes::counters() const {
  PoolCounters all;
  for (const auto& lane : lanes_) all += lane->counters();
  return all;
}

void PgLanes::tend() const {
  for (const auto& lane : lanes_) PgLane::tend(lane);
}

}  // namespace tollgate::store
