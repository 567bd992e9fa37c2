#include "cache/memory_cache.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::cache {
namespace asio = boost::asio;

namespace {

// Of the list's node, the map's node and its share of the buckets, and the three blocks that hold the value.
constexpr std::size_t kOverheadBytes = 160;

std::size_t shard_index(std::string_view digest, std::size_t shards) {
  return std::hash<std::string_view>{}(digest) % shards;
}

}  // namespace

MemoryCache::MemoryCache(base::Clock& clock, MemoryCacheConfig config)
    : clock_(clock), config_(config), purges_(config.max_purges) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, config_.shards); ++i) {
    shards_.push_back(std::make_unique<Shard>());
  }
}

MemoryCache::~MemoryCache() = default;

asio::awaitable<Lookup> MemoryCache::get(Key key) {
  co_return find(key);
}

void MemoryCache::put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) {
  const auto now = clock_.now();
  store(key,
        {.bytes = std::make_shared<const std::string>(std::move(bytes)),
         .stored_at = now,
         .expires_at = now + std::min(ttl, kMaxTtl)},
        seen);
}

asio::awaitable<base::Status> MemoryCache::remove(std::string digest) {
  co_return erase(digest);
}

asio::awaitable<base::Status> MemoryCache::purge(std::string tag) {
  co_return purge_tag(tag);
}

Lookup MemoryCache::find(const Key& key) {
  Lookup found{.seen = {.memory = purges_.now()}};
  found.hit = find_in(shard_of(key.digest), key.digest);
  CounterBoard::add(found.hit ? counters_.hits : counters_.misses);
  return found;
}

std::optional<Hit> MemoryCache::find_in(Shard& shard, std::string_view digest) {
  const auto now = clock_.now();
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_digest.find(digest);
  if (found == shard.by_digest.end()) return std::nullopt;
  const auto entry = found->second;
  const auto verdict = purges_.judge(entry->as_of, entry->digest, entry->tags);
  if (verdict.is_purged || entry->value.expires_at <= now) {
    drop(shard, entry);
    return std::nullopt;
  }
  entry->as_of = verdict.now;
  shard.entries.splice(shard.entries.begin(), shard.entries, entry);
  return entry->value;
}

void MemoryCache::store(const Key& key, Hit value, const Seen& seen) {
  const auto as_of = seen.memory.value_or(purges_.now());
  if (!check_key(key)) return CounterBoard::add(counters_.errors);
  if (value.expires_at <= clock_.now()) return;
  value.tier = Tier::kMemory;
  value.other_tags.clear();
  Entry entry{.digest = key.digest, .tags = key.tags, .as_of = as_of, .value = std::move(value)};
  entry.bytes = size_of(entry);
  if (entry.bytes > config_.max_bytes / 8) return forget(key.digest);  // what it would have replaced

  // Room is taken before it is filled, so that what is kept never exceeds the bound.
  CounterBoard::add(counters_.bytes, static_cast<std::int64_t>(entry.bytes));
  make_room(shard_index(key.digest, shards_.size()));
  auto& shard = shard_of(key.digest);
  const std::lock_guard lock(shard.mutex);
  shard.entries.push_front(std::move(entry));
  const auto place = [&shard] { return shard.by_digest.emplace(shard.entries.front().digest, shard.entries.begin()); };
  if (const auto [old, is_new] = place(); !is_new) {  // it is found by the older entry's text: that entry must go first
    drop(shard, old->second);
    place();
  }
  CounterBoard::add(counters_.entries);
  CounterBoard::add(counters_.stores);
}

base::Status MemoryCache::erase(const std::string& digest) {
  TRY_STATUS(check_digest(digest));
  if (purges_.purge(digest)) clear();
  forget(digest);
  return {};
}

base::Status MemoryCache::purge_tag(const std::string& tag) {
  TRY_STATUS(check_tag(tag));
  if (purges_.purge(tag)) clear();
  return {};
}

void MemoryCache::clear() {
  purges_.purge_everything();
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    while (drop_oldest(*shard)) {
    }
  }
}

void MemoryCache::forget(std::string_view digest) {
  auto& shard = shard_of(digest);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.by_digest.find(digest); found != shard.by_digest.end()) drop(shard, found->second);
}

// Of the new entry's own shard first; of the others when that is not enough.
void MemoryCache::make_room(std::size_t first_shard) {
  const auto is_over = [this] {
    return counters_.bytes.load(std::memory_order_relaxed) > static_cast<std::int64_t>(config_.max_bytes);
  };
  for (std::size_t i = 0; i < shards_.size() && is_over(); ++i) {
    auto& shard = *shards_[(first_shard + i) % shards_.size()];
    const std::lock_guard lock(shard.mutex);
    while (is_over() && drop_oldest(shard)) {
    }
  }
}

// REQUIRES: the shard's mutex.
bool MemoryCache::drop_oldest(Shard& shard) {
  if (shard.entries.empty()) return false;
  drop(shard, std::prev(shard.entries.end()));
  CounterBoard::add(counters_.evictions);
  return true;
}

// REQUIRES: the shard's mutex.
void MemoryCache::drop(Shard& shard, std::list<Entry>::iterator entry) {
  CounterBoard::add(counters_.bytes, -static_cast<std::int64_t>(entry->bytes));
  CounterBoard::add(counters_.entries, -1);
  shard.by_digest.erase(entry->digest);
  shard.entries.erase(entry);
}

MemoryCache::Shard& MemoryCache::shard_of(std::string_view digest) {
  return *shards_[shard_index(digest, shards_.size())];
}

std::size_t MemoryCache::size_of(const Entry& entry) {
  std::size_t bytes = sizeof(Entry) + kOverheadBytes + entry.digest.capacity() + entry.value.bytes->capacity();
  for (const auto& tag : entry.tags) bytes += sizeof(std::string) + tag.capacity();
  return bytes;
}

}  // namespace tollgate::cache
