#include "cache/redis_cache.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "cache/redis_purge.hpp"
#include "net/http_connection.hpp"
#include "tests/cache/digest_of.hpp"
#include "tests/cache/redis_node.hpp"
#include "tests/fakes/free_port.hpp"
#include "tests/fakes/redis_server.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace tollgate::cache {
namespace {

using std::chrono::milliseconds;

const Key kKey{digest_of(1), {"tenant:acme", "model:a"}};
const std::string kEntryName = "tollgate:cache:entry:" + digest_of(1);

class RedisCacheTest : public testing::Test {
 protected:
  static fakes::RedisServer& server() {
    static fakes::RedisServer one;
    return one;
  }
  void SetUp() override { server().execute({"FLUSHALL"}); }
  std::unique_ptr<RedisNode> node() {
    auto made = std::make_unique<RedisNode>(context_, clock_, server().url());
    made->connect();
    return made;
  }

  boost::asio::io_context context_{1};
  SetClock clock_;
};

TEST_F(RedisCacheTest, SaysOnceThatItIsUp) {
  const auto node = this->node();
  (void)node->get(node->redis, kKey);
  ASSERT_EQ(node->changes.size(), 1U);
  EXPECT_EQ(node->changes[0].state, RedisState::kUp);
}

TEST_F(RedisCacheTest, SharesEntriesAndPurgesBetweenNodes) {
  const auto a = node();
  const auto b = node();
  a->put(a->redis, kKey, "one");
  const auto found = b->get(b->redis, kKey);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tier, Tier::kRedis);
  ASSERT_TRUE(b->run(b->redis.purge("model:a")));
  EXPECT_FALSE(a->get(a->redis, kKey));
  a->put(a->redis, kKey, "two", a->get(a->redis, kKey).seen);
  EXPECT_EQ(*b->get(b->redis, kKey)->bytes, "two");
  ASSERT_TRUE(b->run(b->redis.remove(kKey.digest)));
  EXPECT_FALSE(a->get(a->redis, kKey));
}

TEST_F(RedisCacheTest, StillSendsWhatWasPutLastWhenItStops) {
  const auto a = node();
  const auto b = node();
  a->redis.put(kKey, "one", std::chrono::hours(1), {});
  (void)a->run(a->redis.stop(std::chrono::steady_clock::now() + std::chrono::seconds(5)));
  EXPECT_TRUE(b->get(b->redis, kKey));
}

TEST_F(RedisCacheTest, FindsWhatWasStoredWithOtherTagsUntilOneOfThoseIsPurged) {
  const auto a = node();
  const auto b = node();
  const Key others{kKey.digest, {"tenant:acme", "model:a", "session:2"}};
  a->put(a->redis, {kKey.digest, {"tenant:acme", "model:a", "session:1"}}, "one");
  const auto found = b->get(b->redis, others);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->other_tags, (std::vector<std::string>{"tenant:acme", "model:a", "session:1"}));
  ASSERT_TRUE(b->run(b->redis.purge("session:2")));
  EXPECT_TRUE(b->get(b->redis, others));
  ASSERT_TRUE(b->run(b->redis.purge("session:1")));
  EXPECT_FALSE(b->get(b->redis, others));
  EXPECT_FALSE(a->get(a->redis, others));
}

TEST_F(RedisCacheTest, IsPurgedByAProgramThatUsesNoCache) {
  const auto a = node();
  const Key tagged{digest_of(2), {"tenant:best"}};
  const Key alone{digest_of(3)};
  for (const auto& key : {tagged, alone, kKey}) a->put(a->redis, key, "one");
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto target = parse_redis_url(server().url()).value();
  ASSERT_TRUE(a->run(purge_in_redis(target, nullptr, {"tenant:best", alone.digest}, soon)));
  EXPECT_FALSE(a->get(a->redis, tagged));
  EXPECT_FALSE(a->get(a->redis, alone));
  EXPECT_TRUE(a->get(a->redis, kKey));
}

TEST_F(RedisCacheTest, APurgeThatRedisCouldNotBeToldIsToBeRepeated) {
  auto target = parse_redis_url(server().url()).value();
  target.server.port = fakes::free_port();
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto told = fakes::run_coroutine(context_, purge_in_redis(target, nullptr, {"tenant:best"}, soon));
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(told.error().message.find("repeat it"), std::string::npos) << told.error().message;
}

TEST_F(RedisCacheTest, LetsRedisForgetEntriesByItself) {
  const auto node = this->node();
  node->put(node->redis, kKey, "one");
  const auto left = std::stoll(server().execute({"PTTL", kEntryName}));
  EXPECT_GT(left, 3'590'000);
  EXPECT_LE(left, 3'600'000);
  EXPECT_GT(std::stoll(server().execute({"PTTL", "tollgate:cache:tag:model:a"})), 30LL * 86'400'000);
}

TEST_F(RedisCacheTest, TakesATornOrForeignValueForAMiss) {
  const auto node = this->node();
  node->put(node->redis, kKey, "a value");
  auto stored = server().execute({"GET", kEntryName});
  server().execute({"SET", kEntryName, stored.substr(0, stored.size() / 2)});
  EXPECT_FALSE(node->get(node->redis, kKey));
  server().execute({"SET", kEntryName, "hello"});
  EXPECT_FALSE(node->get(node->redis, kKey));
  server().execute({"DEL", kEntryName});
  server().execute({"LPUSH", kEntryName, "a list"});
  EXPECT_FALSE(node->get(node->redis, kKey));
  server().execute({"SET", "tollgate:cache:tag:model:a", "no generation"});
  node->put(node->redis, kKey, "a value");
  EXPECT_FALSE(node->get(node->redis, kKey));
}

TEST_F(RedisCacheTest, TakesAnEntryWhoseTagRedisHasForgottenForAMiss) {
  const auto node = this->node();
  node->put(node->redis, kKey, "one");
  server().execute({"DEL", "tollgate:cache:tag:model:a"});
  EXPECT_FALSE(node->get(node->redis, kKey));
  node->put(node->redis, {digest_of(2), {"model:a"}}, "gives the tag a generation again");
  EXPECT_FALSE(node->get(node->redis, kKey));
}

TEST_F(RedisCacheTest, DoesNotStoreValuesAboveItsBound) {
  const auto node = this->node();
  node->put(node->redis, kKey, std::string((8U << 20) + 1, 'x'));
  EXPECT_EQ(server().execute({"EXISTS", kEntryName}), "0");
  node->put(node->redis, kKey, std::string(8U << 20, 'x'));
  ASSERT_TRUE(node->get(node->redis, kKey));
  EXPECT_EQ(node->get(node->redis, kKey)->bytes->size(), 8U << 20);
}

TEST_F(RedisCacheTest, KeepsRepliesToManyCallsUnderWayApart) {
  const auto node = this->node();
  constexpr unsigned kCalls = 200;
  for (unsigned i = 0; i < kCalls; i += 2)
    node->put(node->redis, {digest_of(i)}, std::string(i * 50, 'a') + std::to_string(i));
  unsigned answered = 0;
  for (unsigned i = 0; i < kCalls; ++i) {
    boost::asio::co_spawn(context_, node->redis.get({digest_of(i)}),
                          [&answered, i](const std::exception_ptr& error, const Lookup& found) {
                            EXPECT_FALSE(error);
                            ASSERT_EQ(found.hit.has_value(), i % 2 == 0) << i;
                            if (found) EXPECT_EQ(*found->bytes, std::string(i * 50, 'a') + std::to_string(i));
                            ++answered;
                          });
  }
  run_until(context_, [&] { return answered == kCalls; });
}

TEST_F(RedisCacheTest, DropsWhatDoesNotFitIntoTheQueueAndCountsIt) {
  auto config = patient_config();
  config.write.max_bytes_unsent = 1'000'000;
  RedisNode node(context_, clock_, server().url(), config);
  node.connect();
  const std::string bytes(300'000, 'x');
  for (unsigned i = 0; i < 10; ++i)
    node.redis.store({digest_of(i)},
                     {std::make_shared<const std::string>(bytes), clock_.now(), clock_.now() + milliseconds(60'000)},
                     {});
  node.settle();
  EXPECT_EQ(node.redis.counters().stores, 3);
  EXPECT_EQ(node.redis.counters().errors, 7);
}

TEST_F(RedisCacheTest, DoesNotTrustEntriesOfAnEarlierRunOfTheServer) {
  fakes::RedisServer keeping({"--save", "3600 1"});
  RedisNode node(context_, clock_, keeping.url());
  node.connect();
  node.put(node.redis, kKey, "one");
  keeping.execute({"SAVE"});
  ASSERT_TRUE(node.run(node.redis.purge("model:a")));
  keeping.kill();
  node.wait_for(RedisState::kDown);
  keeping.start();
  node.wait_for(RedisState::kUp);
  ASSERT_EQ(keeping.execute({"EXISTS", kEntryName}), "1");
  EXPECT_FALSE(node.get(node.redis, kKey));
  node.put(node.redis, kKey, "two", node.get(node.redis, kKey).seen);
  EXPECT_TRUE(node.get(node.redis, kKey));
}

TEST_F(RedisCacheTest, GivesAClaimToOneNodeAtATime) {
  const auto a = node();
  const auto b = node();
  const auto mine = a->run(a->redis.claim("call", milliseconds(60'000)));
  EXPECT_EQ(mine.outcome, ClaimOutcome::kMine);
  EXPECT_EQ(b->run(b->redis.claim("call", milliseconds(60'000))).outcome, ClaimOutcome::kTaken);
  EXPECT_EQ(b->run(b->redis.claim("other call", milliseconds(60'000))).outcome, ClaimOutcome::kMine);
  b->redis.release("call", "not its token");
  b->put(b->redis, kKey, "comes after it");
  EXPECT_EQ(b->run(b->redis.claim("call", milliseconds(60'000))).outcome, ClaimOutcome::kTaken);
  a->redis.release("call", mine.token);
  a->put(a->redis, kKey, "comes after it");
  const auto theirs = b->run(b->redis.claim("call", milliseconds(60'000)));
  EXPECT_EQ(theirs.outcome, ClaimOutcome::kMine);
  EXPECT_NE(theirs.token, mine.token);
  EXPECT_GT(std::stoll(server().execute({"PTTL", "tollgate:cache:claim:call"})), 50'000);
}

TEST_F(RedisCacheTest, UsesUserPasswordAndDatabaseOfTheUrl) {
  fakes::RedisServer guarded;
  guarded.execute({"ACL", "SETUSER", "ann", "on", ">s3cret", "~*", "&*", "+@all"});
  guarded.execute({"ACL", "SETUSER", "default", "off"});
  const auto address = "127.0.0.1:" + std::to_string(guarded.port());
  RedisNode let_in(context_, clock_, "redis://ann:s3cret@" + address + "/3");
  let_in.connect();
  let_in.put(let_in.redis, kKey, "one");
  EXPECT_TRUE(let_in.get(let_in.redis, kKey));
  RedisNode in_another_database(context_, clock_, "redis://ann:s3cret@" + address + "/4");
  in_another_database.connect();
  EXPECT_FALSE(in_another_database.get(in_another_database.redis, kKey));

  RedisNode kept_out(context_, clock_, "redis://ann:wr0ng@" + address);
  kept_out.wait_for(RedisState::kDown);
  EXPECT_NE(kept_out.changes[0].why.find("TOLLGATE_REDIS_URL"), std::string::npos) << kept_out.changes[0].why;
  EXPECT_EQ(kept_out.changes[0].why.find("wr0ng"), std::string::npos);
}

TEST_F(RedisCacheTest, SpeaksTlsAndVerifiesTheServer) {
  const auto issued = fakes::make_certificate("localhost");
  const auto port = std::to_string(fakes::free_port());
  std::string path = "/tmp/tollgate-redis-tls-XXXXXX";
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  std::ofstream(path + "/cert.pem") << issued.certificate_pem;
  std::ofstream(path + "/key.pem") << issued.key_pem;
  {
    fakes::RedisServer guarded({"--tls-port", port, "--tls-cert-file", path + "/cert.pem", "--tls-key-file",
                                path + "/key.pem", "--tls-auth-clients", "no"});
    std::shared_ptr<net::TlsSettings> trusting = net::TlsSettings::load(path + "/cert.pem").value();
    RedisNode node(context_, clock_, "rediss://localhost:" + port, patient_config(), feed_config(), trusting);
    node.connect();
    node.follow();
    node.put(node.redis, kKey, std::string(1'000'000, 'x'));
    EXPECT_TRUE(node.get(node.redis, kKey));

    std::shared_ptr<net::TlsSettings> wary = net::TlsSettings::load("").value();
    RedisNode other(context_, clock_, "rediss://localhost:" + port, patient_config(), feed_config(), wary);
    other.wait_for(RedisState::kDown);
    EXPECT_NE(other.changes[0].why.find("http_ca_file"), std::string::npos) << other.changes[0].why;
  }
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace tollgate::cache
