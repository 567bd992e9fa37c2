// The cache's tier in this process: what was used last, within a bound of bytes.
//
// Thread-safe: all threads that serve share one. Its functions never wait for anything but a short lock, so the
// coroutines never suspend; find() and the other plain functions are the same without one.
// What is kept is the bound's worth at most, keys, tags and overhead included; entries leave in the order of their last
// use, by and large: each shard keeps an order of its own.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cache/byte_cache.hpp"
#include "cache/counters.hpp"
#include "cache/purge_log.hpp"

namespace tollgate::cache {

struct MemoryCacheConfig {
  std::size_t max_bytes = 256U << 20;  // an entry larger than an eighth of it is not stored
  std::size_t shards = 8;              // 1 for an exact order of leaving
  std::size_t max_purges = 65'536;     // names remembered; with one more everything is cleared
};

class MemoryCache final : public ByteCache {
 public:
  MemoryCache(base::Clock& clock, MemoryCacheConfig config);
  ~MemoryCache() override;

  boost::asio::awaitable<Lookup> get(Key key) override;
  void put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) override;
  boost::asio::awaitable<base::Status> remove(std::string digest) override;
  boost::asio::awaitable<base::Status> purge(std::string tag) override;

  Lookup find(const Key& key);
  // `value.tier` does not matter. What was purged or removed since it was seen is a miss from the start.
  void store(const Key& key, Hit value, const Seen& seen);
  base::Status erase(const std::string& digest);
  base::Status purge_tag(const std::string& tag);
  void clear();

  CacheCounters counters() const { return counters_.snapshot(); }

 private:
  struct Entry {
    std::string digest;
    std::vector<std::string> tags;
    std::uint64_t as_of = 0;  // see PurgeLog
    Hit value;
    std::size_t bytes = 0;
  };
  struct Shard {
    std::mutex mutex;                                                            // guards the two below
    std::list<Entry> entries;                                                    // used last comes first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_digest;  // views into the list
  };

  Shard& shard_of(std::string_view digest);
  std::optional<Hit> find_in(Shard& shard, std::string_view digest);
  void forget(std::string_view digest);
  void make_room(std::size_t first_shard);
  bool drop_oldest(Shard& shard);
  void drop(Shard& shard, std::list<Entry>::iterator entry);
  static std::size_t size_of(const Entry& entry);

  // Constant after construction.
  base::Clock& clock_;
  const MemoryCacheConfig config_;
  // Each guards itself.
  PurgeLog purges_;
  CounterBoard counters_;  // its `bytes` is what the bound is about
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace tollgate::cache
