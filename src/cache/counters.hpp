// How a tier of the cache fares, for metrics.
#pragma once

#include <atomic>
#include <cstdint>

namespace tollgate::cache {

// Since the start, but for the last two, which are of now.
struct CacheCounters {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t stores = 0;
  std::int64_t evictions = 0;  // pushed out for room, or cleared; not those that expired or were purged
  std::int64_t errors = 0;     // what was asked and could not be done
  std::int64_t bytes = 0;      // of Redis: not counted here, the server knows
  std::int64_t entries = 0;    // the same
};

// Counts on any thread, read on any other. The figures of one snapshot may be a few events apart.
class CounterBoard {
 public:
  using Counter = std::atomic<std::int64_t>;

  CacheCounters snapshot() const {
    return {.hits = read(hits),
            .misses = read(misses),
            .stores = read(stores),
            .evictions = read(evictions),
            .errors = read(errors),
            .bytes = read(bytes),
            .entries = read(entries)};
  }
  static void add(Counter& counter, std::int64_t count = 1) { counter.fetch_add(count, std::memory_order_relaxed); }

  Counter hits{0};
  Counter misses{0};
  Counter stores{0};
  Counter evictions{0};
  Counter errors{0};
  Counter bytes{0};
  Counter entries{0};

 private:
  static std::int64_t read(const Counter& counter) { return counter.load(std::memory_order_relaxed); }
};

}  // namespace tollgate::cache
