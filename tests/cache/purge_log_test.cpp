#include "cache/purge_log.hpp"

#include <gtest/gtest.h>

namespace tollgate::cache {
namespace {

TEST(PurgeLog, ConcernsOnlyWhatWasStoredBeforeUnderThatName) {
  PurgeLog log(10);
  const auto before = log.now();
  EXPECT_FALSE(log.purge("a"));
  EXPECT_TRUE(log.judge(before, "digest", {"b", "a"}).is_purged);
  EXPECT_TRUE(log.judge(before, "a", {}).is_purged);
  EXPECT_FALSE(log.judge(before, "digest", {"b"}).is_purged);
  EXPECT_FALSE(log.judge(log.now(), "digest", {"a"}).is_purged);
}

TEST(PurgeLog, LetsAnEntryCountAsStoredNowWhenNothingConcernedIt) {
  PurgeLog log(10);
  const auto before = log.now();
  (void)log.purge("a");
  const auto verdict = log.judge(before, "digest", {"b"});
  EXPECT_EQ(verdict.now, log.now());
  (void)log.purge("b");
  EXPECT_TRUE(log.judge(verdict.now, "digest", {"b"}).is_purged);
}

TEST(PurgeLog, CountsEverythingAsPurgedWhenItCannotRememberAnotherName) {
  PurgeLog log(2);
  (void)log.purge("a");
  (void)log.purge("b");
  const auto before = log.now();
  EXPECT_FALSE(log.purge("a"));
  EXPECT_FALSE(log.judge(before, "digest", {"c"}).is_purged);
  EXPECT_TRUE(log.purge("d"));
  EXPECT_TRUE(log.judge(before, "digest", {"c"}).is_purged);
  EXPECT_FALSE(log.judge(log.now(), "digest", {"d"}).is_purged);
}

}  // namespace
}  // namespace tollgate::cache
