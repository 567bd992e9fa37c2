// Redis killed, stopped, full, silent, cut off, or answering half: never an error, never a long wait, one word about
// it.
#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/cache/digest_of.hpp"
#include "tests/cache/redis_node.hpp"
#include "tests/fakes/redis_server.hpp"
#include "tests/fakes/scripted_redis.hpp"
#include "tests/fakes/tcp_proxy.hpp"

namespace tollgate::cache {
namespace {

using fakes::ScriptedRedis;
using std::chrono::milliseconds;

const Key kKey{digest_of(1), {"tenant:acme"}};

class RedisFaultTest : public testing::Test {
 protected:
  std::string through_proxy() const { return "redis://127.0.0.1:" + std::to_string(proxy_.port()); }

  // Each is a miss. How long they took together.
  milliseconds miss(RedisNode& node, int times) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) EXPECT_FALSE(node.get(node.redis, kKey));
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  }
  void expect_it_works(RedisNode& node) {
    run_until(context_, [&] {  // a slow machine may need more than one attempt
      node.put(node.redis, kKey, "value", node.get(node.redis, kKey).seen);
      return node.get(node.redis, kKey).hit.has_value();
    });
  }
  static int count(const RedisNode& node, RedisState state) {
    return static_cast<int>(
        std::ranges::count_if(node.changes, [state](const StateChange& change) { return change.state == state; }));
  }

  boost::asio::io_context context_{1};
  SetClock clock_;
  fakes::RedisServer server_;
  fakes::TcpProxy proxy_{server_.port()};
};

// Long pauses, so that nothing recovers while it is being looked at.
RedisCacheConfig slow_to_return() {
  auto config = impatient_config();
  config.read.first_pause = config.read.longest_pause = std::chrono::seconds(60);
  config.write.first_pause = config.write.longest_pause = std::chrono::seconds(60);
  return config;
}

TEST_F(RedisFaultTest, KilledRedisIsAMissAtOnceAndComesBackByItself) {
  RedisNode node(context_, clock_, server_.url());
  node.connect();
  node.put(node.redis, kKey, "one");
  server_.kill();
  node.wait_for(RedisState::kDown);
  EXPECT_LT(miss(node, 1'000), milliseconds(1'000));
  node.put(node.redis, kKey, "dropped");
  EXPECT_EQ(node.run(node.redis.purge("tenant:acme")).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(node.run(node.redis.remove(kKey.digest)).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(node.run(node.redis.claim("call", milliseconds(1'000))).outcome, ClaimOutcome::kUnknown);
  EXPECT_EQ(count(node, RedisState::kDown), 1);
  server_.start();
  node.wait_for(RedisState::kUp);
  expect_it_works(node);
  EXPECT_EQ(count(node, RedisState::kUp), 2);
}

TEST_F(RedisFaultTest, RedisThatIsNotThereAtTheStartIsReportedOnceAndFoundLater) {
  server_.kill();
  RedisNode node(context_, clock_, server_.url());
  node.wait_for(RedisState::kDown);
  EXPECT_LT(miss(node, 1'000), milliseconds(1'000));
  EXPECT_EQ(node.changes.size(), 1U);
  EXPECT_NE(node.changes[0].why.find("cannot connect to 127.0.0.1"), std::string::npos) << node.changes[0].why;
  server_.start();
  node.wait_for(RedisState::kUp);
  expect_it_works(node);
}

TEST_F(RedisFaultTest, StoppedRedisCostsThreeShortWaitsAndNoMore) {
  RedisNode node(context_, clock_, server_.url(), slow_to_return());
  node.connect();
  server_.send(SIGSTOP);
  EXPECT_LT(miss(node, 1'000), milliseconds(1'000));  // three waits of 5 ms are due
  EXPECT_FALSE(node.redis.is_up());
  run_until(context_, [&] { return node.has_reported(RedisState::kDown); });
  EXPECT_EQ(count(node, RedisState::kDown), 1);
  EXPECT_NE(node.changes.back().why.find("3 times running"), std::string::npos) << node.changes.back().why;
  server_.send(SIGCONT);
}

TEST_F(RedisFaultTest, StoppedRedisIsUsedAgainOnceItAnswersInTime) {
  RedisNode node(context_, clock_, server_.url(), impatient_config());
  node.connect();
  server_.send(SIGSTOP);
  run_until(context_, [&] {
    EXPECT_FALSE(node.get(node.redis, kKey));
    return node.has_reported(RedisState::kDown);
  });
  EXPECT_EQ(node.run(node.redis.claim("call", milliseconds(1'000))).outcome, ClaimOutcome::kUnknown);
  server_.send(SIGCONT);
  node.wait_for(RedisState::kUp);
  expect_it_works(node);
}

TEST_F(RedisFaultTest, SlowRedisIsNotUsedHoweverOftenItCanBeReached) {
  proxy_.delay(milliseconds(20));
  RedisNode node(context_, clock_, through_proxy(), impatient_config());
  node.wait_for(RedisState::kDown);
  run_until(context_, [&, begin = std::chrono::steady_clock::now()] {
    return std::chrono::steady_clock::now() - begin > milliseconds(500);
  });
  EXPECT_EQ(node.changes.size(), 1U);
  EXPECT_NE(node.changes[0].why.find("needs more than 5 ms"), std::string::npos) << node.changes[0].why;
  proxy_.delay(milliseconds(0));
  node.wait_for(RedisState::kUp);
}

TEST_F(RedisFaultTest, BlackHoleCostsThreeShortWaitsAndHeals) {
  RedisNode node(context_, clock_, through_proxy(), impatient_config());
  node.connect();
  proxy_.hold();
  run_until(context_, [&] {
    EXPECT_FALSE(node.get(node.redis, kKey));
    return node.has_reported(RedisState::kDown);
  });
  EXPECT_LT(miss(node, 1'000), milliseconds(1'000));
  EXPECT_EQ(count(node, RedisState::kDown), 1);
  proxy_.let_go();
  node.wait_for(RedisState::kUp);
  expect_it_works(node);
}

TEST_F(RedisFaultTest, SilenceAboutPutsIsNoticedToo) {
  auto config = impatient_config();
  config.write.call_timeout = milliseconds(20);
  RedisNode node(context_, clock_, through_proxy(), config);
  node.connect();
  proxy_.hold();
  run_until(context_, [&] {
    node.put(node.redis, {digest_of(2)}, "value");
    return node.has_reported(RedisState::kDown);
  });
  const auto purged = node.run(node.redis.purge("tenant:acme"));
  EXPECT_FALSE(purged);
  proxy_.let_go();
  node.wait_for(RedisState::kUp);
}

TEST_F(RedisFaultTest, CutConnectionIsReplaced) {
  RedisNode node(context_, clock_, through_proxy());
  node.connect();
  for (int i = 1; i <= 3; ++i) {
    proxy_.cut();
    node.wait_for(RedisState::kDown);
    node.wait_for(RedisState::kUp);
    EXPECT_EQ(count(node, RedisState::kDown), i);
    expect_it_works(node);
  }
}

TEST_F(RedisFaultTest, ConnectionCutWithACallUnderWayIsAMiss) {
  RedisNode node(context_, clock_, through_proxy());
  node.connect();
  node.put(node.redis, kKey, "one");
  proxy_.cut_at_next_request();
  EXPECT_FALSE(node.get(node.redis, kKey));
  node.wait_for(RedisState::kUp);
  EXPECT_TRUE(node.get(node.redis, kKey));
}

TEST_F(RedisFaultTest, FullRedisStillReadsAndPurgesAndIsReportedOnce) {
  fakes::RedisServer small({"--maxmemory", "4mb", "--maxmemory-policy", "noeviction"});
  auto config = patient_config();
  config.write.first_pause = milliseconds(1);  // between attempts to write
  RedisNode node(context_, clock_, small.url(), config);
  node.connect();
  node.put(node.redis, kKey, "one");
  unsigned next = 10;
  run_until(context_, [&] {
    node.put(node.redis, {digest_of(next++)}, std::string(500'000, 'x'));
    return node.has_reported(RedisState::kRefusesWrites);
  });
  EXPECT_NE(node.changes.back().why.find("maxmemory"), std::string::npos) << node.changes.back().why;
  // So that not even a purge can set anything, nor what was refused once fits when the server has freed its buffers.
  small.execute({"CONFIG", "SET", "maxmemory", "1mb"});
  for (int i = 0; i < 20; ++i) node.put(node.redis, {digest_of(next++)}, std::string(500'000, 'x'));
  EXPECT_TRUE(node.get(node.redis, kKey));
  ASSERT_TRUE(node.run(node.redis.purge("tenant:acme")));
  EXPECT_FALSE(node.get(node.redis, kKey));
  EXPECT_EQ(count(node, RedisState::kRefusesWrites), 1);
  small.execute({"CONFIG", "SET", "maxmemory", "4mb"});
  small.execute({"FLUSHALL"});
  expect_it_works(node);
  EXPECT_TRUE(node.has_reported(RedisState::kUp));
  EXPECT_EQ(count(node, RedisState::kDown), 0);
}

class HalfAnswerTest : public RedisFaultTest, public testing::WithParamInterface<ScriptedRedis::Answer> {};

TEST_P(HalfAnswerTest, IsAMissAndTheConnectionIsGivenUp) {
  ScriptedRedis odd(context_.get_executor(), [](const std::vector<std::string>& words) {
    return words[0] == "MGET" ? GetParam() : fakes::well_answer(words);
  });
  auto config = slow_to_return();
  config.read.connect_timeout = config.write.connect_timeout = std::chrono::seconds(10);
  config.read.longest_reply = milliseconds(50);
  RedisNode node(context_, clock_, "redis://127.0.0.1:" + std::to_string(odd.port()), config);
  run_until(context_, [&] { return !node.changes.empty(); });
  ASSERT_TRUE(node.has_reported(RedisState::kUp)) << "the machine is too slow for this test: " << node.changes[0].why;
  run_until(context_, [&] {
    EXPECT_FALSE(node.get(node.redis, kKey));
    return node.has_reported(RedisState::kDown);
  });
  EXPECT_EQ(odd.connections(), 2);
  EXPECT_LT(miss(node, 1'000), milliseconds(1'000));
  EXPECT_EQ(count(node, RedisState::kDown), 1);
}

INSTANTIATE_TEST_SUITE_P(Answers, HalfAnswerTest,
                         testing::Values(ScriptedRedis::Answer{""}, ScriptedRedis::Answer{"*2\r\n$1000000\r\nhalf"},
                                         ScriptedRedis::Answer{"*2\r\n$100\r\nhalf", true},
                                         ScriptedRedis::Answer{"", true}, ScriptedRedis::Answer{"garbage\r\n"},
                                         ScriptedRedis::Answer{"*2\r\n$-1\r\n$-1\r\n+one too many\r\n"},
                                         ScriptedRedis::Answer{"*2000000000\r\n"}));

TEST_F(RedisFaultTest, AnswersThatRefuseOrMissThePointAreMisses) {
  for (const std::string answer : {"-LOADING Redis is loading\r\n", "*1\r\n$-1\r\n", ":7\r\n", "$3\r\nabc\r\n"}) {
    ScriptedRedis odd(context_.get_executor(), [&](const std::vector<std::string>& words) {
      return words[0] == "MGET" ? ScriptedRedis::Answer{answer} : fakes::well_answer(words);
    });
    RedisNode node(context_, clock_, "redis://127.0.0.1:" + std::to_string(odd.port()));
    node.connect();
    miss(node, 10);
    EXPECT_EQ(node.redis.counters().errors, 10) << answer;
    EXPECT_TRUE(node.redis.is_up());
  }
}

TEST_F(RedisFaultTest, ClaimThatWasNotHeardOfInTimeIsGivenBack) {
  std::vector<std::vector<std::string>> asked;
  ScriptedRedis slow(context_.get_executor(), [&](const std::vector<std::string>& words) {
    asked.push_back(words);
    return words[0] == "SET" ? ScriptedRedis::Answer{} : fakes::well_answer(words);
  });
  auto config = patient_config();
  config.read.call_timeout = milliseconds(50);
  RedisNode node(context_, clock_, "redis://127.0.0.1:" + std::to_string(slow.port()), config);
  node.connect();
  const auto claim = node.run(node.redis.claim("call", milliseconds(1'000)));
  EXPECT_EQ(claim.outcome, ClaimOutcome::kUnknown);
  run_until(context_, [&] { return asked.back()[0] == "EVAL"; });
  EXPECT_EQ(asked.back()[3], "tollgate:cache:claim:call");
  EXPECT_EQ(asked.back()[4], claim.token);
}

TEST_F(RedisFaultTest, DatabaseThatIsNotThereIsReported) {
  RedisNode node(context_, clock_, server_.url() + "/99");
  node.wait_for(RedisState::kDown);
  EXPECT_NE(node.changes[0].why.find("out of range"), std::string::npos) << node.changes[0].why;
}

TEST_F(RedisFaultTest, WhoeverListensButIsNoRedisIsReported) {
  ScriptedRedis other(context_.get_executor(),
                      [](const std::vector<std::string>&) { return ScriptedRedis::Answer{"SSH-2.0-OpenSSH_9.2\r\n"}; });
  RedisNode node(context_, clock_, "redis://127.0.0.1:" + std::to_string(other.port()));
  node.wait_for(RedisState::kDown);
  EXPECT_NE(node.changes[0].why.find("does not answer as Redis does"), std::string::npos) << node.changes[0].why;
}

}  // namespace
}  // namespace tollgate::cache
