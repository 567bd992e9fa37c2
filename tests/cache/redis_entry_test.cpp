#include "cache/redis_entry.hpp"

#include <gtest/gtest.h>

#include "cache/byte_cache.hpp"

namespace tollgate::cache {
namespace {

const auto kDigest = base::Sha256::of("key");

RedisEntry sample() {
  return {.bytes = std::string("va\0lue", 6),
          .stored_at = base::Timestamp(std::chrono::milliseconds(1'800'000'000'123)),
          .expires_at = base::Timestamp(std::chrono::milliseconds(1'800'000'060'123)),
          .server = 0xfedcba9876543210,
          .tags = {{"tenant:acme", 1}, {std::string(kMaxTagBytes, 'x'), 0xffffffffffffffff}}};
}

TEST(RedisEntry, ComesBackAsItWasWritten) {
  const auto entry = read_entry(kDigest, write_entry(kDigest, sample()));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->bytes, sample().bytes);
  EXPECT_EQ(entry->stored_at, sample().stored_at);
  EXPECT_EQ(entry->expires_at, sample().expires_at);
  EXPECT_EQ(entry->server, sample().server);
  EXPECT_EQ(entry->tags, sample().tags);
}

TEST(RedisEntry, MayBeEmptyAndWithoutTags) {
  const auto entry = read_entry(kDigest, write_entry(kDigest, {}));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->bytes, "");
  EXPECT_TRUE(entry->tags.empty());
}

TEST(RedisEntry, IsNoneWithAnyByteAltered) {
  const auto whole = write_entry(kDigest, sample());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 0x20);
    EXPECT_FALSE(read_entry(kDigest, altered)) << i;
  }
}

TEST(RedisEntry, IsNoneWhenCutOrLengthened) {
  const auto whole = write_entry(kDigest, sample());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_FALSE(read_entry(kDigest, whole.substr(0, i))) << i;
  for (std::size_t i = 1; i < whole.size(); ++i) EXPECT_FALSE(read_entry(kDigest, whole.substr(i))) << i;
  EXPECT_FALSE(read_entry(kDigest, whole + "x"));
}

TEST(RedisEntry, IsNoneUnderAnotherKey) {
  EXPECT_FALSE(read_entry(base::Sha256::of("other"), write_entry(kDigest, sample())));
}

}  // namespace
}  // namespace tollgate::cache
