#include "cache/tiered_cache.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace tollgate::cache {
namespace asio = boost::asio;

namespace {

Key stored_key(Key key, const Hit& hit) {
  if (!hit.other_tags.empty()) key.tags = hit.other_tags;
  return key;
}

}  // namespace

asio::awaitable<Lookup> TieredCache::get(Key key) {
  const bool is_memory_current = feed_.is_current();
  auto remembered = memory_.find(key);
  if (remembered && is_memory_current) co_return remembered;

  const Seen seen{.memory = remembered.seen.memory};
  auto found = co_await read_from_redis(key);
  if (found) {
    found->seen.memory = seen.memory;
    if (*found) memory_.store(stored_key(std::move(key), **found), **found, seen);
    co_return *std::move(found);
  }
  const bool is_young = remembered && clock_.now() - remembered->stored_at < config_.trust_alone_for;
  if (!is_young) remembered.hit.reset();
  remembered.seen.redis = RedisSeen{.reached = false};
  co_return remembered;
}

asio::awaitable<base::Result<Lookup>> TieredCache::read_from_redis(Key key) {
  using SteadyClock = std::chrono::steady_clock;
  if (SteadyClock::now() < not_asked_until_)
    co_return base::fail(base::ErrorCode::kUnavailable, "Redis has just not answered in time");
  auto found = co_await redis_.read(std::move(key));
  if (!found && found.error().code == base::ErrorCode::kTimeout)
    not_asked_until_ = SteadyClock::now() + config_.ask_again_after;
  co_return found;
}

void TieredCache::put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) {
  const auto now = clock_.now();
  const Hit value{.bytes = std::make_shared<const std::string>(std::move(bytes)),
                  .stored_at = now,
                  .expires_at = now + std::min(ttl, kMaxTtl)};
  memory_.store(key, value, seen);
  redis_.store(key, value, seen);
}

// Memory forgets twice: at once, and again what was read from Redis before that had heard of it.
asio::awaitable<base::Status> TieredCache::remove(std::string digest) {
  CO_TRY_STATUS(memory_.erase(digest));
  auto status = co_await redis_.remove(digest);
  (void)memory_.erase(digest);
  co_return status;
}

asio::awaitable<base::Status> TieredCache::purge(std::string tag) {
  CO_TRY_STATUS(memory_.purge_tag(tag));
  auto status = co_await redis_.purge(tag);
  (void)memory_.purge_tag(tag);
  co_return status;
}

}  // namespace tollgate::cache
