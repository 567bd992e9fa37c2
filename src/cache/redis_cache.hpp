// The cache's tier in Redis, shared by all nodes.
//
// A get is one round trip: the entry and the generations of its tags (two, when it was stored with other tags than
// those asked with). An entry holds its tags with the generations under which it was made and is a miss when one of
// them has changed, so a purge is one write. Generations are drawn by chance, so one that Redis has evicted cannot come
// back; and an entry counts only for the run of the server in which it was made, since a server that starts from an
// older snapshot would bring purged entries back. Redis Cluster is not supported.
//
// Redis may be down, slow, full or silent: a get takes `read.call_timeout` at most, and nothing at all while the link
// is down (redis_link.hpp); puts go out in the background, bounded, and are dropped when they do not fit. Reads and
// writes have a connection each, so that large values on their way in hold no get up.
//
// Executor:  the one given (one thread), which its tasks and its callers share; counters() may be read anywhere.
// Ownership: REQUIRES: stop() is awaited before it is destroyed, unless start() was never called.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/sha256.hpp"
#include "cache/byte_cache.hpp"
#include "cache/claims.hpp"
#include "cache/counters.hpp"
#include "cache/redis_entry.hpp"
#include "cache/redis_link.hpp"
#include "cache/redis_target.hpp"
#include "net/task_scope.hpp"

namespace tollgate::cache {

enum class RedisState { kUp, kRefusesWrites, kDown };

// How values are sealed before Redis gets them, and opened again, bound to their key; nullopt: it does not open, and is
// a miss. Both or none.
struct ValueSeal {
  std::function<std::string(std::string value, const base::Sha256& digest)> seal{};
  std::function<std::optional<std::string>(std::string sealed, const base::Sha256& digest)> open{};
};

struct RedisCacheConfig {
  RedisLinkConfig read{};
  RedisLinkConfig write{.call_timeout = std::chrono::milliseconds(1'000)};
  std::size_t max_value_bytes = 8U << 20;  // larger ones are not stored
  ValueSeal sealing{};
};

class RedisCache final : public ByteCache, public Claims {
 public:
  // Told of each change once, on the executor. Must not throw.
  using OnChange = std::function<void(RedisState, std::string why)>;

  // `tls` is needed for rediss:// only, and shared by all connections of the executor.
  RedisCache(boost::asio::any_io_executor executor, RedisTarget target, std::shared_ptr<net::TlsSettings> tls,
             RedisCacheConfig config, base::Clock& clock, base::Random& random, OnChange on_change);
  ~RedisCache() override;

  void start();  // connects in the background; until then everything is a miss
  boost::asio::awaitable<base::Status> stop(net::Deadline deadline);
  boost::asio::awaitable<base::Status> settle(net::Deadline deadline);  // waits for what was put so far

  boost::asio::awaitable<Lookup> get(Key key) override;
  void put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) override;
  // kUnavailable, kTimeout: not all nodes may have heard of it; to be repeated.
  boost::asio::awaitable<base::Status> remove(std::string digest) override;
  boost::asio::awaitable<base::Status> purge(std::string tag) override;

  // As get(), but tells a miss from a Redis that cannot be asked.
  boost::asio::awaitable<base::Result<Lookup>> read(Key key);
  // As put(), with times of the caller's.
  void store(const Key& key, const Hit& value, const Seen& seen);

  boost::asio::awaitable<Claim> claim(std::string name, std::chrono::milliseconds ttl) override;
  void release(const std::string& name, const std::string& token) override;

  bool is_up() const { return reads_.is_up() && writes_.is_up(); }
  CacheCounters counters() const { return counters_.snapshot(); }

 private:
  struct Values {
    std::vector<RedisReply> replies;
    std::uint64_t server = 0;  // the run of it that answered
  };
  boost::asio::awaitable<base::Result<Values>> values_of_names(std::vector<std::string> names);

  RedisSeen look_at(const std::vector<std::string>& tags, const std::vector<RedisReply>& generations,
                    std::uint64_t server);
  boost::asio::awaitable<bool> is_in_force(const Key& key, const RedisEntry& entry, const RedisSeen& seen);
  std::optional<Hit> hit_from(const Key& key, RedisEntry entry) const;
  std::uint64_t new_generation();

  void send(const Key& key, const RedisEntry& entry);
  boost::asio::awaitable<void> note_stored(RedisLink::Started started);
  boost::asio::awaitable<void> send_as_of(Key key, RedisEntry entry, RedisLink::Started generations);
  boost::asio::awaitable<base::Status> tell(RedisPipeline commands, std::string what);

  void note_link(bool is_up, const base::Error& why);
  void note_refusal(const base::Error& why);
  void report(RedisState state, const std::string& why);

  // Constant after construction.
  const RedisTarget target_;
  const std::shared_ptr<net::TlsSettings> tls_;  // shared by all that connect on the executor
  const RedisCacheConfig config_;
  base::Clock& clock_;
  base::Random& random_;
  const OnChange on_change_;
  // Used only on the executor, the counters aside.
  CounterBoard counters_;
  std::optional<RedisState> reported_;
  bool refuses_writes_ = false;
  std::chrono::steady_clock::time_point no_writes_until_{};
  RedisLink reads_;
  RedisLink writes_;
  net::TaskScope background_;  // what was put
  net::TaskScope scope_;       // the links
};

}  // namespace tollgate::cache
