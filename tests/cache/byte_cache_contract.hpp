// What every ByteCache must do, as a parameterised suite: an implementation instantiates it with a factory of a bench
// on which it stands.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, ByteCacheContract, testing::Values(&memory_bench));
//
// Include it in one source file per test program.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "cache/byte_cache.hpp"
#include "tests/cache/digest_of.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::cache {

class CacheBench {
 public:
  virtual ~CacheBench() = default;
  virtual ByteCache& cache() = 0;
  virtual void settle() {}  // returns when what was put has come into effect

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return fakes::run_coroutine(context, std::move(task));
  }

  boost::asio::io_context context{1};
  SetClock clock;
};

using MakeBench = std::unique_ptr<CacheBench> (*)();

class ByteCacheContract : public testing::TestWithParam<MakeBench> {
 protected:
  static Key key(unsigned number, std::vector<std::string> tags = {"tenant:acme"}) {
    return {digest_of(number), std::move(tags)};
  }
  Lookup get(const Key& key) { return bench_->run(bench_->cache().get(key)); }
  void put(const Key& key, std::string bytes, const Seen& seen = {}, std::chrono::seconds ttl = std::chrono::hours(1)) {
    bench_->cache().put(key, std::move(bytes), ttl, seen);
    bench_->settle();
  }
  base::Status remove(const std::string& digest) { return bench_->run(bench_->cache().remove(digest)); }
  base::Status purge(const std::string& tag) { return bench_->run(bench_->cache().purge(tag)); }

  std::unique_ptr<CacheBench> bench_ = GetParam()();
};

TEST_P(ByteCacheContract, FindsWhatWasPut) {
  const std::string bytes("a\0b\r\n\xff", 6);
  put(key(1), bytes);
  const auto found = get(key(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found->bytes, bytes);
  EXPECT_EQ(found->stored_at, bench_->clock.now());
  EXPECT_EQ(found->expires_at, bench_->clock.now() + std::chrono::hours(1));
}

TEST_P(ByteCacheContract, FindsNothingUnderAnotherKey) {
  put(key(1), "one");
  EXPECT_FALSE(get(key(2)));
}

TEST_P(ByteCacheContract, KeepsEmptyAndLargeValues) {
  const std::string large(1U << 20, 'x');
  put(key(1), "");
  put(key(2), large);
  ASSERT_TRUE(get(key(1)));
  EXPECT_EQ(*get(key(1))->bytes, "");
  ASSERT_TRUE(get(key(2)));
  EXPECT_EQ(*get(key(2))->bytes, large);
}

TEST_P(ByteCacheContract, KeepsTheLastValueOfAKey) {
  put(key(1), "old");
  put(key(1), "new");
  EXPECT_EQ(*get(key(1))->bytes, "new");
}

TEST_P(ByteCacheContract, ForgetsAValueWhenItsTimeIsUp) {
  put(key(1), "one", {}, std::chrono::seconds(60));
  bench_->clock.time += std::chrono::milliseconds(59'999);
  EXPECT_TRUE(get(key(1)));
  bench_->clock.time += std::chrono::milliseconds(1);
  EXPECT_FALSE(get(key(1)));
}

TEST_P(ByteCacheContract, KeepsNothingForNoTimeAndNothingForever) {
  put(key(1), "one", {}, std::chrono::seconds(0));
  put(key(2), "two", {}, std::chrono::seconds(-5));
  put(key(3), "three", {}, std::chrono::seconds::max());
  EXPECT_FALSE(get(key(1)));
  EXPECT_FALSE(get(key(2)));
  ASSERT_TRUE(get(key(3)));
  EXPECT_EQ(get(key(3))->expires_at, bench_->clock.now() + kMaxTtl);
}

TEST_P(ByteCacheContract, ForgetsWhatIsRemovedAndNothingElse) {
  put(key(1), "one");
  put(key(2), "two");
  ASSERT_TRUE(remove(digest_of(1)));
  EXPECT_FALSE(get(key(1)));
  EXPECT_TRUE(get(key(2)));
  put(key(1), "again");
  EXPECT_TRUE(get(key(1)));
}

TEST_P(ByteCacheContract, ForgetsEveryEntryWithAPurgedTagAndNoOther) {
  put(key(1, {"tenant:acme", "model:a"}), "one");
  put(key(2, {"tenant:acme", "model:b"}), "two");
  put(key(3, {"tenant:best", "model:a"}), "three");
  put(key(4, {}), "four");
  ASSERT_TRUE(purge("model:a"));
  EXPECT_FALSE(get(key(1, {"tenant:acme", "model:a"})));
  EXPECT_TRUE(get(key(2, {"tenant:acme", "model:b"})));
  EXPECT_FALSE(get(key(3, {"tenant:best", "model:a"})));
  EXPECT_TRUE(get(key(4, {})));
}

TEST_P(ByteCacheContract, KeepsWhatIsPutAfterAPurge) {
  ASSERT_TRUE(purge("tenant:acme"));
  put(key(1), "one");
  EXPECT_TRUE(get(key(1)));
  ASSERT_TRUE(purge("tenant:acme"));
  put(key(1), "two", get(key(1)).seen);
  ASSERT_TRUE(get(key(1)));
  EXPECT_EQ(*get(key(1))->bytes, "two");
}

TEST_P(ByteCacheContract, DoesNotKeepAValueThatWasBeingMadeDuringAPurge) {
  put(key(2), "the tag is known");
  const auto seen = get(key(1)).seen;
  ASSERT_TRUE(purge("tenant:acme"));
  put(key(1), "stale", seen);
  EXPECT_FALSE(get(key(1)));
  const auto seen_after = get(key(1)).seen;
  put(key(1), "fresh", seen_after);
  EXPECT_TRUE(get(key(1)));
}

TEST_P(ByteCacheContract, DoesNotKeepAValueThatWasBeingMadeDuringThePurgeOfATagNotUsedBefore) {
  const auto seen = get(key(1, {"session:new"})).seen;
  bench_->settle();
  ASSERT_TRUE(purge("session:new"));
  put(key(1, {"session:new"}), "stale", seen);
  EXPECT_FALSE(get(key(1, {"session:new"})));
}

TEST_P(ByteCacheContract, TakesAsManyTagsAsAreAllowed) {
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < kMaxTags; ++i) tags.push_back(std::string(kMaxTagBytes - 1, 't') + std::to_string(i));
  put(key(1, tags), "one");
  EXPECT_TRUE(get(key(1, tags)));
  ASSERT_TRUE(purge(tags.back()));
  EXPECT_FALSE(get(key(1, tags)));
}

TEST_P(ByteCacheContract, MissesAndKeepsNothingUnderABadKey) {
  const Key bad_digest{"ABC", {}};
  const auto bad_tag = key(1, {std::string(kMaxTagBytes + 1, 't')});
  const auto many_tags = key(1, std::vector<std::string>(kMaxTags + 1, "t"));
  for (const auto& bad : {bad_digest, bad_tag, many_tags}) {
    put(bad, "one");
    EXPECT_FALSE(get(bad));
  }
}

TEST_P(ByteCacheContract, SaysWhatIsWrongWithABadPurge) {
  EXPECT_EQ(purge("").error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(purge("a\nb").error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(remove("short").error().code, base::ErrorCode::kInvalidArgument);
}

}  // namespace tollgate::cache
