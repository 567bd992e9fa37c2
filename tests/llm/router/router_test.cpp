#include "llm/router/router.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "cache/memory_cache.hpp"
#include "net/http_client.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

// No provider is ever reached: it listens nowhere.
std::shared_ptr<const RouterConfig> config() {
  RouterConfig config;
  config.providers = {
      {.name = "local", .kind = ProviderKind::kOpenAi, .upstreams = {{.base_url = "http://127.0.0.1:1"}}}};
  config.tiers[Tier::kFast] = {{"local", "small"}};
  config.retry.max_tries = 1;
  return std::make_shared<const RouterConfig>(std::move(config));
}

class RouterTest : public testing::Test {
 protected:
  static ChatRequest request(std::string tenant = "ann") {
    auto request = test::hello();
    request.model = "fast";
    request.scope = {.tenant = std::move(tenant), .session = "0190"};
    return request;
  }
  void remember(std::string text, cache::Seen seen = {}, FinishReason finish = FinishReason::kStop) {
    ChatReply reply{.text = std::move(text), .finish = finish, .provider = "local", .model = "small-2026"};
    reply.passage.seen = std::move(seen);
    reply.passage.target = {"local", "small"};
    router_.remember(request(), std::move(reply));
  }
  base::Result<ChatReply> call(ChatRequest request) {
    return fakes::run_coroutine(context_, router_.complete({}, std::move(request)));
  }

  boost::asio::io_context context_{1};
  cache::SetClock clock_;
  cache::MemoryCache cache_{clock_, {}};
  std::unique_ptr<net::HttpClient> http_ = net::make_http_client(context_.get_executor(), {}).value();
  net::TaskScope scope_{context_.get_executor(), {}};
  RouterShared shared_{*config()};
  ReloadableRouter router_{config(), {*http_, cache_, scope_, clock_, shared_}};
};

TEST_F(RouterTest, GivesOutWhatItWasToldToRemember) {
  EXPECT_FALSE(call(request()));
  remember("It is good.");
  const auto reply = call(request());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "It is good.");
  EXPECT_EQ(reply->model, "small-2026");
  EXPECT_EQ(reply->passage.cache, CacheOutcome::kHit);
  EXPECT_FALSE(call(request("ben")));
}

TEST_F(RouterTest, RemembersNothingOfWhatWasPurgedSinceItWasAskedFor) {
  const cache::Key any{std::string(64, '0'), {}};
  const auto before = cache_.find(any).seen;
  ASSERT_TRUE(fakes::run_coroutine(context_, router_.forget(replies_of_session("0190"))));
  remember("It is good.", before);
  EXPECT_FALSE(call(request()));
}

TEST_F(RouterTest, RemembersNoRefusal) {
  remember("No.", {}, FinishReason::kRefusal);
  EXPECT_FALSE(call(request()));
}

TEST_F(RouterTest, ForgetsItWithTheSession) {
  remember("It is good.");
  ASSERT_TRUE(call(request()));
  ASSERT_TRUE(fakes::run_coroutine(context_, router_.forget(replies_of_session("0190"))));
  EXPECT_FALSE(call(request()));
}

// Whether the breaker of a provider's first server lets nothing through.
bool is_open(RouterShared& shared) {
  return !shared.states.of("local#1", "small").breaker.would_allow(std::chrono::steady_clock::now());
}

TEST_F(RouterTest, ABreakerStaysOpenWhenTheSettingsAreReadAgain) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(call(request()));
  ASSERT_TRUE(is_open(shared_));
  auto changed = *config();
  changed.breaker.failures_in_a_row = 1;
  shared_.take_over(changed);
  EXPECT_TRUE(is_open(shared_));
}

TEST_F(RouterTest, ABreakerTakesTheSettingsThatWereReadAgain) {
  EXPECT_FALSE(call(request()));
  ASSERT_FALSE(is_open(shared_));
  auto changed = *config();
  changed.breaker.failures_in_a_row = 2;
  shared_.take_over(changed);
  EXPECT_FALSE(is_open(shared_));
  EXPECT_FALSE(call(request()));
  EXPECT_TRUE(is_open(shared_));
}

TEST_F(RouterTest, AnotherServerOrKeyBeginsWithAClosedBreaker) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(call(request()));
  ASSERT_TRUE(is_open(shared_));
  auto changed = *config();
  changed.providers[0].upstreams[0].api_key = "another";
  shared_.take_over(changed);
  EXPECT_FALSE(is_open(shared_));
}

}  // namespace
}  // namespace tollgate::llm
