#include "cache/memory_cache.hpp"

#include <atomic>
#include <barrier>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/cache/byte_cache_contract.hpp"

namespace tollgate::cache {
namespace {

class MemoryBench final : public CacheBench {
 public:
  ByteCache& cache() override { return cache_; }

 private:
  MemoryCache cache_{clock, {.max_bytes = 64U << 20}};
};

INSTANTIATE_TEST_SUITE_P(Memory, ByteCacheContract, testing::Values([]() -> std::unique_ptr<CacheBench> {
                           return std::make_unique<MemoryBench>();
                         }));

class MemoryCacheTest : public testing::Test {
 protected:
  void put(MemoryCache& cache, const Key& key, std::size_t size, const Seen& seen = {}) {
    put(cache, key, std::string(size, 'x'), seen);
  }
  void put(MemoryCache& cache, const Key& key, std::string bytes, const Seen& seen = {}) {
    const auto now = clock_.now();
    cache.store(key,
                {.bytes = std::make_shared<const std::string>(std::move(bytes)),
                 .stored_at = now,
                 .expires_at = now + std::chrono::hours(1)},
                seen);
  }

  SetClock clock_;
};

TEST_F(MemoryCacheTest, PushesOutWhatWasUsedLongestAgo) {
  MemoryCache cache(clock_, {.max_bytes = 100'000, .shards = 1});
  for (unsigned i = 0; i < 9; ++i) put(cache, {digest_of(i)}, 10'000);
  EXPECT_TRUE(cache.find({digest_of(0)}));  // used again, so that 1 is the next to go
  put(cache, {digest_of(9)}, 10'000);
  EXPECT_TRUE(cache.find({digest_of(0)}));
  EXPECT_FALSE(cache.find({digest_of(1)}));
  for (unsigned i = 2; i <= 9; ++i) EXPECT_TRUE(cache.find({digest_of(i)})) << i;
  EXPECT_EQ(cache.counters().evictions, 1);
  EXPECT_EQ(cache.counters().entries, 9);
}

TEST_F(MemoryCacheTest, NeverKeepsMoreThanItsBound) {
  for (const std::size_t shards : {1U, 8U}) {
    MemoryCache cache(clock_, {.max_bytes = 100'000, .shards = shards});
    std::mt19937 random(1);
    for (unsigned i = 0; i < 2'000; ++i) {
      put(cache, {digest_of(random() % 500)}, random() % 13'000);
      ASSERT_LE(cache.counters().bytes, 100'000);
      ASSERT_GE(cache.counters().bytes, 0);
    }
    EXPECT_GT(cache.counters().bytes, 70'000);
    cache.clear();
    EXPECT_EQ(cache.counters().bytes, 0);
    EXPECT_EQ(cache.counters().entries, 0);
  }
}

TEST_F(MemoryCacheTest, CountsKeysAndTagsAsBytes) {
  MemoryCache cache(clock_, {.max_bytes = 1'000'000});
  put(cache, {digest_of(1)}, 0);
  const auto bare = cache.counters().bytes;
  EXPECT_GT(bare, 64);
  put(cache, {digest_of(2), {std::string(200, 't'), std::string(200, 'u')}}, 0);
  EXPECT_GE(cache.counters().bytes - bare, bare + 400);
}

TEST_F(MemoryCacheTest, DoesNotStoreAnEntryOfMoreThanAnEighthOfTheBound) {
  MemoryCache cache(clock_, {.max_bytes = 80'000});
  put(cache, {digest_of(1)}, 10'001);
  put(cache, {digest_of(2)}, 9'000);
  EXPECT_FALSE(cache.find({digest_of(1)}));
  EXPECT_TRUE(cache.find({digest_of(2)}));
}

TEST_F(MemoryCacheTest, ForgetsTheOldValueWhenTheNewOneIsTooLarge) {
  MemoryCache cache(clock_, {.max_bytes = 80'000});
  put(cache, {digest_of(1)}, 100);
  put(cache, {digest_of(1)}, 10'001);
  EXPECT_FALSE(cache.find({digest_of(1)}));
  EXPECT_EQ(cache.counters().entries, 0);
}

TEST_F(MemoryCacheTest, ClearsEverythingRatherThanForgetAPurge) {
  MemoryCache cache(clock_, {.max_bytes = 1'000'000, .max_purges = 3});
  const Key key{digest_of(1), {"tenant:acme"}};
  ASSERT_TRUE(cache.purge_tag("a"));
  const auto seen_early = cache.find(key).seen;
  ASSERT_TRUE(cache.purge_tag("tenant:acme"));
  ASSERT_TRUE(cache.purge_tag("b"));
  put(cache, {digest_of(2)}, 10);
  ASSERT_TRUE(cache.purge_tag("b"));  // known already
  EXPECT_TRUE(cache.find({digest_of(2)}));
  ASSERT_TRUE(cache.purge_tag("c"));  // one too many
  EXPECT_FALSE(cache.find({digest_of(2)}));
  EXPECT_EQ(cache.counters().entries, 0);
  put(cache, key, 10, seen_early);
  EXPECT_FALSE(cache.find(key));
  put(cache, key, 10);
  EXPECT_TRUE(cache.find(key));
}

TEST_F(MemoryCacheTest, DoesNotKeepAValueSeenBeforeItsKeyWasRemovedOrAllWasCleared) {
  MemoryCache cache(clock_, {});
  const Key key{digest_of(1)};
  const auto before_removal = cache.find(key).seen;
  ASSERT_TRUE(cache.erase(key.digest));
  put(cache, key, 10, before_removal);
  EXPECT_FALSE(cache.find(key));
  const auto before_clearing = cache.find(key).seen;
  cache.clear();
  put(cache, key, 10, before_clearing);
  EXPECT_FALSE(cache.find(key));
}

TEST_F(MemoryCacheTest, CountsWhatHappens) {
  MemoryCache cache(clock_, {});
  put(cache, {digest_of(1)}, 10);
  (void)cache.find({digest_of(1)});
  (void)cache.find({digest_of(2)});
  (void)cache.find({digest_of(3)});
  put(cache, {"no digest"}, 10);
  const auto counters = cache.counters();
  EXPECT_EQ(counters.hits, 1);
  EXPECT_EQ(counters.misses, 2);
  EXPECT_EQ(counters.stores, 1);
  EXPECT_EQ(counters.errors, 1);
}

// In every round one thread purges, and then raises the least version that may be read, while the other reads and
// stores. A version that was made before the last purge known to be over is a stale one.
TEST_F(MemoryCacheTest, NeverGivesOutWhatWasStoredBeforeAPurgeHoweverTwoThreadsInterleave) {
  constexpr unsigned kRounds = 10'000;
  constexpr unsigned kKeys = 4;
  MemoryCache cache(clock_, {.max_bytes = 1U << 20, .shards = 2, .max_purges = 8});
  std::atomic<unsigned> version{0};        // of what values are made from
  std::atomic<unsigned> least_allowed{0};  // what was made from an older version must not be read any more
  std::barrier round(2);
  const auto dawdle = [](unsigned steps) {
    for (std::atomic<unsigned> step{0}; step < steps;) ++step;
  };

  std::thread purger([&] {
    std::mt19937 random(7);
    for (unsigned i = 1; i <= kRounds; ++i) {
      round.arrive_and_wait();
      dawdle(random() % 400);
      version = i;
      const auto way = random() % 64;
      if (way == 0) {
        cache.clear();
      } else if (way < 8) {
        for (unsigned k = 0; k < kKeys; ++k) (void)cache.erase(digest_of(k));
      } else {
        (void)cache.purge_tag("tenant:acme");
      }
      least_allowed = i;
    }
  });
  std::mt19937 random(11);
  int hits = 0;
  int stale = 0;
  for (unsigned i = 1; i <= kRounds; ++i) {
    round.arrive_and_wait();
    for (auto steps = random() % 16; steps > 0; --steps) {
      const Key key{digest_of(random() % kKeys), {"tenant:acme"}};
      const auto least = least_allowed.load();
      const auto found = cache.find(key);
      if (!found) {
        const auto made_from = std::to_string(version.load());
        dawdle(random() % 50);
        put(cache, key, made_from, found.seen);
        continue;
      }
      ++hits;
      if (std::stoul(*found->bytes) < least) ++stale;
    }
  }
  purger.join();
  EXPECT_EQ(stale, 0);
  EXPECT_GT(hits, 1'000);
}

}  // namespace
}  // namespace tollgate::cache
