// Memory over Redis: a hit in memory costs no round trip, and what one node has stored, all find.
//
// Purges made on other nodes reach memory through the PurgeFeed, within milliseconds as a rule. So memory answers by
// itself only while the feed is current (3 s after the last proof, by default); else Redis is asked, and memory is
// filled from it. When Redis cannot be asked either, nobody can know of purges: memory then answers with entries
// younger than `trust_alone_for` and no others. A purge made elsewhere in that time is thus heeded here after that time
// at the latest; one made on this node is heeded at once, whether Redis hears of it or not.
//
// A request may look more than once, before and after it joined others that ask the same. A Redis that has just let the
// time limit pass is therefore not asked again at once: it costs a request that time once.
//
// Executor: that of its RedisCache. Memory, Redis and feed must outlive it; threads share memory and feed, not Redis.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "cache/byte_cache.hpp"
#include "cache/memory_cache.hpp"
#include "cache/purge_feed.hpp"
#include "cache/redis_cache.hpp"

namespace tollgate::cache {

struct TieredCacheConfig {
  std::chrono::seconds trust_alone_for{60};
  std::chrono::milliseconds ask_again_after{5};  // that Redis let its time limit pass
};

class TieredCache final : public ByteCache {
 public:
  TieredCache(MemoryCache& memory, RedisCache& redis, const PurgeFeed& feed, base::Clock& clock,
              TieredCacheConfig config)
      : memory_(memory), redis_(redis), feed_(feed), clock_(clock), config_(config) {}

  boost::asio::awaitable<Lookup> get(Key key) override;
  void put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) override;
  // After an error this node has forgotten the entries, others perhaps not.
  boost::asio::awaitable<base::Status> remove(std::string digest) override;
  boost::asio::awaitable<base::Status> purge(std::string tag) override;

 private:
  boost::asio::awaitable<base::Result<Lookup>> read_from_redis(Key key);

  MemoryCache& memory_;
  RedisCache& redis_;
  const PurgeFeed& feed_;
  base::Clock& clock_;
  const TieredCacheConfig config_;
  std::chrono::steady_clock::time_point not_asked_until_{};  // used only on the executor
};

}  // namespace tollgate::cache
