// What a pool of database connections does, for those who watch it.
#pragma once

#include <chrono>
#include <cstdint>

namespace tollgate::store {

// Since the start, but for the first four, which are of now. Times are sums over what is counted beside them.
struct PoolCounters {
  std::int64_t in_use = 0;  // being opened included
  std::int64_t idle = 0;
  std::int64_t waiting = 0;  // calls
  std::int64_t most = 0;     // connections that may be open
  std::int64_t uses = 0;
  std::int64_t round_trips = 0;  // of those uses
  std::chrono::microseconds use_time{};
  std::chrono::microseconds wait_time{};  // before those uses, for a turn and a connection
  std::int64_t opened = 0;
  std::chrono::microseconds open_time{};
  std::int64_t closed = 0;
  std::int64_t refused = 0;   // attempts to connect that failed
  std::int64_t timeouts = 0;  // calls that got no connection in time

  PoolCounters& operator+=(const PoolCounters& other) {
    in_use += other.in_use;
    idle += other.idle;
    waiting += other.waiting;
    most += other.most;
    uses += other.uses;
    round_trips += other.round_trips;
    use_time += other.use_time;
    wait_time += other.wait_time;
    opened += other.opened;
    open_time += other.open_time;
    closed += other.closed;
    refused += other.refused;
    timeouts += other.timeouts;
    return *this;
  }
};

}  // namespace tollgate::store
