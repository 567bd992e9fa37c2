// One node of a test: its own caches on one Redis, on the test's io_context.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/ids.hpp"
#include "cache/purge_feed.hpp"
#include "cache/redis_cache.hpp"
#include "cache/tiered_cache.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::cache {

// Calls may take their time, so that a busy machine does not matter, and attempts follow each other fast.
inline RedisCacheConfig patient_config() {
  const RedisLinkConfig link{.call_timeout = std::chrono::seconds(10),
                             .connect_timeout = std::chrono::seconds(10),
                             .first_pause = std::chrono::milliseconds(5),
                             .longest_pause = std::chrono::milliseconds(20)};
  return {.read = link, .write = link};
}
// As in production, but for the pauses between attempts.
inline RedisCacheConfig impatient_config() {
  auto config = patient_config();
  config.read.call_timeout = std::chrono::milliseconds(5);
  config.write.call_timeout = std::chrono::milliseconds(100);
  config.read.connect_timeout = std::chrono::milliseconds(200);
  config.write.connect_timeout = std::chrono::milliseconds(200);
  return config;
}
inline PurgeFeedConfig feed_config() {
  return {.ask_every = std::chrono::milliseconds(20),
          .current_for = std::chrono::seconds(10),
          .connect_timeout = std::chrono::seconds(10),
          .first_pause = std::chrono::milliseconds(5),
          .longest_pause = std::chrono::milliseconds(20)};
}

inline void run_until(boost::asio::io_context& context, const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("what the test waits for does not come");
    context.restart();
    context.run_one_for(std::chrono::milliseconds(20));
  }
}

struct StateChange {
  RedisState state;
  std::string why;
};

class RedisNode {
 public:
  RedisNode(boost::asio::io_context& context, base::Clock& clock, const std::string& url,
            RedisCacheConfig config = patient_config(), PurgeFeedConfig purge_feed = feed_config(),
            std::shared_ptr<net::TlsSettings> tls = nullptr)
      : memory(clock, {}),
        redis(context.get_executor(), parse_redis_url(url).value(), tls, config, clock, random_,
              [this](RedisState state, std::string why) { changes.push_back({state, std::move(why)}); }),
        feed(context.get_executor(), parse_redis_url(url).value(), tls, purge_feed, memory, random_),
        tiered(memory, redis, feed, clock, {}),
        context_(context) {
    redis.start();
  }
  ~RedisNode() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    (void)run(redis.stop(deadline));
    (void)run(feed.stop(deadline));
  }
  RedisNode(const RedisNode&) = delete;
  RedisNode& operator=(const RedisNode&) = delete;

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return fakes::run_coroutine(context_, std::move(task));
  }
  void connect() {
    run_until(context_, [this] { return redis.is_up(); });
  }
  void follow() {
    feed.start();
    run_until(context_, [this] { return feed.is_current(); });
  }
  void settle() { (void)run(redis.settle(std::chrono::steady_clock::now() + std::chrono::seconds(60))); }

  Lookup get(ByteCache& cache, const Key& key) { return run(cache.get(key)); }
  void put(ByteCache& cache, const Key& key, std::string bytes, const Seen& seen = {}) {
    cache.put(key, std::move(bytes), std::chrono::hours(1), seen);
    settle();
  }
  bool has_reported(RedisState state) const { return !changes.empty() && changes.back().state == state; }
  void wait_for(RedisState state) {
    run_until(context_, [this, state] { return has_reported(state); });
  }

  MemoryCache memory;
  std::vector<StateChange> changes;

 private:
  base::SystemRandom random_;

 public:
  RedisCache redis;
  PurgeFeed feed;
  TieredCache tiered;

 private:
  boost::asio::io_context& context_;
};

}  // namespace tollgate::cache
