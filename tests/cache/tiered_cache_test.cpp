// Two nodes on one Redis: what one purges, the other must not give out.
#include "cache/tiered_cache.hpp"

#include <gtest/gtest.h>

#include "tests/cache/digest_of.hpp"
#include "tests/cache/redis_node.hpp"
#include "tests/fakes/redis_server.hpp"
#include "tests/fakes/scripted_redis.hpp"
#include "tests/fakes/tcp_proxy.hpp"

namespace tollgate::cache {
namespace {

const Key kKey{digest_of(1), {"tenant:acme"}};

class TieredCacheTest : public testing::Test {
 protected:
  std::string through_proxy() const { return "redis://127.0.0.1:" + std::to_string(proxy_.port()); }
  bool is_in_memory(RedisNode& node, const Key& key) { return node.memory.find(key).hit.has_value(); }

  boost::asio::io_context context_{1};
  SetClock clock_;
  fakes::RedisServer server_;
  fakes::TcpProxy proxy_{server_.port()};
};

TEST_F(TieredCacheTest, FillsMemoryFromRedisWithTheTimeThatIsLeft) {
  RedisNode a(context_, clock_, server_.url());
  RedisNode b(context_, clock_, server_.url());
  for (auto* node : {&a, &b}) node->connect();
  b.follow();
  a.put(a.tiered, kKey, "one");
  const auto expires_at = clock_.now() + std::chrono::hours(1);
  clock_.time += std::chrono::minutes(20);
  EXPECT_EQ(b.get(b.tiered, kKey)->tier, Tier::kRedis);
  const auto again = b.get(b.tiered, kKey);
  EXPECT_EQ(again->tier, Tier::kMemory);
  EXPECT_EQ(again->expires_at, expires_at);
  EXPECT_EQ(*again->bytes, "one");
}

TEST_F(TieredCacheTest, KeepsInMemoryWhatRedisHadUnderTheTagsOfWhoStoredIt) {
  RedisNode a(context_, clock_, server_.url());
  RedisNode b(context_, clock_, server_.url());
  for (auto* node : {&a, &b}) node->connect();
  for (auto* node : {&a, &b}) node->follow();
  const Key of_another{kKey.digest, {"tenant:acme", "session:2"}};
  a.put(a.tiered, {kKey.digest, {"tenant:acme", "session:1"}}, "one");
  (void)b.get(b.tiered, of_another);
  ASSERT_EQ(b.get(b.tiered, of_another)->tier, Tier::kMemory);
  ASSERT_TRUE(b.run(b.tiered.purge("session:1")));
  EXPECT_FALSE(is_in_memory(b, of_another));
  EXPECT_FALSE(b.get(b.tiered, of_another));
}

TEST_F(TieredCacheTest, HearsOfPurgesAndRemovalsOnOtherNodes) {
  RedisNode a(context_, clock_, server_.url());
  RedisNode b(context_, clock_, server_.url());
  for (auto* node : {&a, &b}) node->connect();
  for (auto* node : {&a, &b}) node->follow();
  const Key other{digest_of(2), {"tenant:best"}};
  const Key removed{digest_of(3), {"tenant:best"}};
  for (const auto& key : {kKey, other, removed}) {
    a.put(a.tiered, key, "one");
    (void)b.get(b.tiered, key);
    ASSERT_EQ(b.get(b.tiered, key)->tier, Tier::kMemory);
  }
  ASSERT_TRUE(a.run(a.tiered.purge("tenant:acme")));
  ASSERT_TRUE(a.run(a.tiered.remove(removed.digest)));
  run_until(context_, [&] { return !is_in_memory(b, kKey) && !is_in_memory(b, removed); });
  EXPECT_FALSE(b.get(b.tiered, kKey));
  EXPECT_FALSE(b.get(b.tiered, removed));
  EXPECT_EQ(b.get(b.tiered, other)->tier, Tier::kMemory);
}

TEST_F(TieredCacheTest, AsksRedisWhileItCannotHearOfPurges) {
  RedisNode a(context_, clock_, server_.url());
  RedisNode b(context_, clock_, server_.url());
  for (auto* node : {&a, &b}) node->connect();
  a.put(a.tiered, kKey, "one");
  (void)b.get(b.tiered, kKey);
  ASSERT_TRUE(is_in_memory(b, kKey));
  EXPECT_EQ(b.get(b.tiered, kKey)->tier, Tier::kRedis);
  ASSERT_TRUE(a.run(a.tiered.purge("tenant:acme")));
  ASSERT_TRUE(is_in_memory(b, kKey));
  EXPECT_FALSE(b.get(b.tiered, kKey));
}

TEST_F(TieredCacheTest, TrustsMemoryNoLongerWhenTheFeedFallsSilent) {
  auto config = feed_config();
  config.current_for = std::chrono::milliseconds(200);
  RedisNode b(context_, clock_, through_proxy(), patient_config(), config);
  b.connect();
  b.follow();
  proxy_.hold();
  run_until(context_, [&] { return !b.feed.is_current(); });
  proxy_.let_go();
  run_until(context_, [&] { return b.feed.is_current(); });
}

TEST_F(TieredCacheTest, GivesUpAFeedThatGivesNoSignOfLife) {
  bool is_subscribed = false;
  fakes::ScriptedRedis mute(context_.get_executor(), [&](const std::vector<std::string>& words) {
    if (is_subscribed) return fakes::ScriptedRedis::Answer{};
    is_subscribed = words[0] == "SUBSCRIBE";
    return is_subscribed ? fakes::ScriptedRedis::Answer{"*3\r\n$9\r\nsubscribe\r\n$15\r\ntollgate:purges\r\n:1\r\n"}
                         : fakes::well_answer(words);
  });
  auto config = feed_config();
  config.current_for = std::chrono::milliseconds(200);
  base::SystemRandom random;
  MemoryCache memory(clock_, {});
  PurgeFeed feed(context_.get_executor(), parse_redis_url("redis://127.0.0.1:" + std::to_string(mute.port())).value(),
                 nullptr, config, memory, random);
  feed.start();
  run_until(context_, [&] { return mute.connections() == 2; });
  EXPECT_FALSE(feed.is_current());
  EXPECT_TRUE(fakes::run_coroutine(context_, feed.stop(std::chrono::steady_clock::now() + std::chrono::seconds(60))));
}

TEST_F(TieredCacheTest, ClearsMemoryWhenTheFeedComesBackAfterALoss) {
  RedisNode b(context_, clock_, through_proxy());
  b.connect();
  b.follow();
  b.put(b.tiered, kKey, "one");
  ASSERT_TRUE(is_in_memory(b, kKey));
  proxy_.cut();
  run_until(context_, [&] { return !b.feed.is_current(); });
  EXPECT_TRUE(is_in_memory(b, kKey));
  run_until(context_, [&] { return b.feed.is_current(); });
  EXPECT_FALSE(is_in_memory(b, kKey));
  b.connect();
  EXPECT_EQ(b.get(b.tiered, kKey)->tier, Tier::kRedis);
}

TEST_F(TieredCacheTest, ServesYoungEntriesAloneWhileRedisIsDown) {
  RedisNode node(context_, clock_, server_.url());
  node.connect();
  node.follow();
  const Key old{digest_of(2), {"tenant:best"}};
  node.put(node.tiered, old, "old");
  clock_.time += std::chrono::seconds(59);
  node.put(node.tiered, kKey, "young");
  server_.kill();
  run_until(context_, [&] { return node.has_reported(RedisState::kDown) && !node.feed.is_current(); });
  EXPECT_TRUE(node.get(node.tiered, old));
  clock_.time += std::chrono::seconds(1);
  EXPECT_FALSE(node.get(node.tiered, old));
  EXPECT_EQ(*node.get(node.tiered, kKey)->bytes, "young");

  const auto purged = node.run(node.tiered.purge("tenant:acme"));
  ASSERT_FALSE(purged);
  EXPECT_EQ(purged.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(purged.error().message.find("tenant:acme"), std::string::npos);
  EXPECT_FALSE(node.get(node.tiered, kKey));
  node.put(node.tiered, kKey, "made meanwhile", node.get(node.tiered, kKey).seen);
  EXPECT_TRUE(node.get(node.tiered, kKey));
}

TEST_F(TieredCacheTest, WaitsOnceForARedisThatIsSilentNotForEachLook) {
  auto config = patient_config();
  config.read.call_timeout = std::chrono::milliseconds(200);
  RedisNode node(context_, clock_, through_proxy(), config);
  TieredCache patient(node.memory, node.redis, node.feed, clock_, {.ask_again_after = std::chrono::seconds(60)});
  node.connect();
  proxy_.hold();
  for (int look = 0; look < 10; ++look) EXPECT_FALSE(node.get(patient, kKey));
  EXPECT_EQ(node.redis.counters().errors, 1);
  proxy_.let_go();
}

TEST_F(TieredCacheTest, DoesNotTakeToRedisWhatWasMadeWhileRedisCouldNotBeAsked) {
  RedisNode node(context_, clock_, server_.url());
  const auto seen = node.get(node.tiered, kKey).seen;  // not connected yet
  node.connect();
  node.put(node.tiered, kKey, "one", seen);
  EXPECT_EQ(server_.execute({"EXISTS", "tollgate:cache:entry:" + kKey.digest}), "0");
}

// The reply of Redis is on its way while the purge comes in.
TEST_F(TieredCacheTest, DoesNotKeepInMemoryWhatRedisSaidBeforeAPurge) {
  RedisNode a(context_, clock_, server_.url());
  RedisNode b(context_, clock_, through_proxy());
  for (auto* node : {&a, &b}) node->connect();
  a.put(a.tiered, kKey, "one");
  bool is_answered = false;
  proxy_.delay(std::chrono::milliseconds(30));
  boost::asio::co_spawn(context_, b.tiered.get(kKey),
                        [&](const std::exception_ptr&, const Lookup&) { is_answered = true; });
  context_.restart();
  context_.poll();
  ASSERT_TRUE(b.memory.purge_tag("tenant:acme"));  // as the feed does
  run_until(context_, [&] { return is_answered; });
  EXPECT_FALSE(is_in_memory(b, kKey));
}

}  // namespace
}  // namespace tollgate::cache
