// Bytes under a key for a while, purged by key or by tag: what the LLM router keeps replies in.
//
//   const auto found = co_await cache.get(key);
//   if (found) co_return *found->bytes;
//   … make the value …
//   cache.put(key, bytes, ttl, found.seen);
//
// A cache is never a reason to fail: what cannot be read is a miss, what cannot be kept is not kept. Only remove() and
// purge() fail, since their callers count on them. A purge costs the same however many entries it concerns: they stay
// where they are until something else needs the place, and are misses from then on.
//
// `Seen` closes the gap between get() and put(): a value that was being made while one of its tags was purged is not
// kept, since it may have been made from what the purge was about. A removal by key says nothing about values still
// being made.
//
// Executor: an implementation says which. Cancel: a cancelled get() is a miss, or throws operation_aborted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace tollgate::cache {

inline constexpr std::size_t kMaxTags = 8;
inline constexpr std::size_t kMaxTagBytes = 200;
inline constexpr std::chrono::seconds kMaxTtl = std::chrono::days(30);  // a longer one is cut to this

// Who asks may do so with other tags than who stored: an entry is purged by those that it was stored with.
struct Key {
  std::string digest;               // 64 lower-case hexadecimal digits
  std::vector<std::string> tags{};  // what it can be purged by: "tenant:acme", "model:openai/gpt-5.5", "session:…"
};

enum class Tier { kMemory, kRedis };

struct Hit {
  std::shared_ptr<const std::string> bytes;  // shared with the cache, so that a hit copies nothing
  base::Timestamp stored_at;
  base::Timestamp expires_at;
  Tier tier = Tier::kMemory;
  std::vector<std::string> other_tags{};  // of Redis: those that it was stored with, if not those asked with
};

// How each tag stood in Redis when it was looked at.
struct RedisSeen {
  bool reached = false;               // false: nothing is known, so nothing is kept
  std::uint64_t server = 0;           // the run of the server that answered
  std::vector<std::uint64_t> tags{};  // the generation of each of the key's tags; 0: none yet
};

// What had been purged when get() looked. Opaque to callers, who hand it on to put(). Seen{} stands for "as of now".
struct Seen {
  std::optional<std::uint64_t> memory{};
  std::optional<RedisSeen> redis{};
};

// What get() found: a hit, or else what put() needs to know.
struct Lookup {
  std::optional<Hit> hit{};
  Seen seen{};

  explicit operator bool() const { return hit.has_value(); }
  const Hit& operator*() const { return *hit; }
  const Hit* operator->() const { return &*hit; }
};

class ByteCache {
 public:
  virtual ~ByteCache() = default;

  virtual boost::asio::awaitable<Lookup> get(Key key) = 0;
  // May come into effect later than it returns.
  virtual void put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) = 0;
  virtual boost::asio::awaitable<base::Status> remove(std::string digest) = 0;
  // Every entry stored before under this tag is a miss from when this returns.
  virtual boost::asio::awaitable<base::Status> purge(std::string tag) = 0;
};

// kInvalidArgument, naming what is wrong. A get() of such a key is a miss, a put() does nothing.
base::Status check_digest(std::string_view digest);
base::Status check_tag(std::string_view tag);
base::Status check_key(const Key& key);

}  // namespace tollgate::cache
