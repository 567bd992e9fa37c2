// What calls through the gateway cost, and what becomes of them when a key's budget or rate is used up.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cache/memory_cache.hpp"
#include "tests/api/accounts_fixture.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using base::PicoUsd;
using base::Value;
using testing::HasSubstr;

constexpr const char* kOpenAi = "/v1/chat/completions";
constexpr const char* kAnthropic = "/v1/messages";

// A provider's server that says the same to everybody, a turn of the executor later.
class SameReply final : public net::HttpClient {
 public:
  asio::awaitable<base::Result<net::HttpResponse>> send(const net::CallContext&, net::HttpRequest) override {
    ++calls;
    asio::steady_timer later(co_await asio::this_coro::executor, std::chrono::milliseconds(0));
    co_await later.async_wait(asio::use_awaitable);
    co_return net::HttpResponse{{.status = status}, body};
  }
  asio::awaitable<base::Result<net::HttpHead>> stream(const net::CallContext&, net::HttpRequest,
                                                      const net::BodySink&) override {
    co_return base::fail(base::ErrorCode::kUnsupported, "nothing is streamed here");
  }

  int status = 200;
  std::string body{};
  int calls = 0;
};

class GatewayBudget : public test::AccountsTest {
 protected:
  GatewayBudget() {
    auto config = std::make_shared<llm::RouterConfig>();
    config->providers = {
        {.name = "openai", .upstreams = {{"http://127.0.0.1:1", "k"}}},
        {.name = "anthropic", .kind = llm::ProviderKind::kAnthropic, .upstreams = {{"http://127.0.0.1:1", "k"}}}};
    config->cache.ttl = std::chrono::seconds(0);
    shared_ = std::make_unique<llm::RouterShared>(*config);
    shared_->billing.budgets = &budgets_;
    router_ =
        std::make_unique<llm::ReloadableRouter>(config, llm::RouterParts{provider_, cache_, tasks_, clock_, *shared_});
    service_.models = router_.get();
    save_account("ann", "contributor");
    openai_says(1'000, 100);
  }

  // Of gpt-5.5, at $5 and $30 a million.
  void openai_says(std::int64_t in, std::int64_t out) {
    provider_.body =
        fmt::format(R"({{"id":"c","object":"chat.completion","created":1,"model":"gpt-5.5","choices":[{{"index":0,)"
                    R"("message":{{"role":"assistant","content":"Good day"}},"finish_reason":"stop"}}],)"
                    R"("usage":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}}}})",
                    in, out, in + out);
  }
  std::string key_with(std::optional<PicoUsd> budget, std::optional<std::int64_t> per_minute = {}) {
    const auto secret = make_api_key();
    key_id_ = secret.id;
    EXPECT_TRUE(run(identities_->save_key({.id = secret.id,
                                           .secret = hash_of(secret.text),
                                           .account = "ann",
                                           .label = {},
                                           .scopes = "read,write,admin",
                                           .created_at = clock_.now(),
                                           .requests_per_minute = per_minute,
                                           .budget_per_day = budget})));
    return secret.text;
  }
  std::string key_with_a_dollar() { return key_with(PicoUsd::parse("1")); }
  static std::string body_of(int number, std::string_view model = "openai/gpt-5.5") {
    return fmt::format(R"({{"model":"{}","max_tokens":4000,"messages":[{{"role":"user","content":"Call {}"}}]}})",
                       model, number);
  }
  Reply ask(const std::string& key, int number = 1) { return send_as(key, "POST", kOpenAi, body_of(number)); }
  llm::BudgetState today() { return budgets_.today(llm::budget_of_key(key_id_)); }

  // At the same time; the replies' statuses.
  std::vector<int> ask_at_once(const std::string& key, int calls) {
    std::vector<int> statuses;
    for (int i = 0; i < calls; ++i) {
      Request request{.method = "POST",
                      .target = kOpenAi,
                      .headers = {{"authorization", "Bearer " + key}, {"content-type", "application/json"}},
                      .body = body_of(i),
                      .request_id = "r",
                      .address = "192.0.2.7"};
      asio::co_spawn(context_, api::answer(api::routes(), service_, std::move(request)),
                     [&statuses](const std::exception_ptr&, const Reply& reply) { statuses.push_back(reply.status); });
    }
    context_.restart();
    while (statuses.size() < static_cast<std::size_t>(calls)) context_.run_one();
    return statuses;
  }

  SameReply provider_;
  cache::MemoryCache cache_{clock_, {}};
  std::unique_ptr<llm::RouterShared> shared_;
  std::unique_ptr<llm::ReloadableRouter> router_;
  std::string key_id_;
};

TEST_F(GatewayBudget, TellsWhatACallCost) {
  const auto reply = ask(key_with({}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(header(reply, "X-Router-Cost-USD"), "0.008");
}

TEST_F(GatewayBudget, CountsTheServiceTierAndWebSearches) {
  provider_.body =
      R"({"id":"m","type":"message","role":"assistant","model":"claude-opus-5","content":[{"type":"text","text":"Hi"}],)"
      R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1000,"output_tokens":100,)"
      R"("server_tool_use":{"web_search_requests":2},"service_tier":"batch"}})";
  const auto reply = send_as(key_with({}), "POST", kAnthropic, body_of(1, "anthropic/claude-opus-5"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(header(reply, "X-Router-Cost-USD"), "0.02375");  // half of $0.0075, and twice $0.01
}

TEST_F(GatewayBudget, NeverTakesAModelWithoutAPriceForFree) {
  const auto body = body_of(1, "openai/gpt-next");
  provider_.body.replace(provider_.body.find("gpt-5.5"), 7, "gpt-bar");
  const auto reply = send_as(key_with({}), "POST", kOpenAi, body);
  EXPECT_EQ(header(reply, "X-Router-Cost-USD"), "unpriced");
  const auto refused = send_as(key_with_a_dollar(), "POST", kOpenAi, body);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("no price"));
}

TEST_F(GatewayBudget, IsNotPassedByCallsAtTheSameTime) {
  openai_says(100, 4'000);  // all that was asked for: $0.1205 of an estimate of less than $0.1205
  const auto key = key_with_a_dollar();
  const auto statuses = ask_at_once(key, 100);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 8);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 429), 92);
  EXPECT_EQ(provider_.calls, 8);
  EXPECT_EQ(today().spent.to_string(), "0.964");
  EXPECT_EQ(today().held.to_string(), "0");
}

TEST_F(GatewayBudget, RefusesNothingThatFitsOnceCallsAreSettled) {
  const auto key = key_with_a_dollar();
  const auto fits = PicoUsd(*PicoUsd::parse("0.87"));  // and then a call's estimate of a little more than $0.12
  int calls = 0;
  while (today().spent <= fits) ASSERT_EQ(ask(key, ++calls).status, 200) << calls;
  EXPECT_EQ(calls, 109);
  while (ask(key, ++calls).status == 200) ASSERT_LE(today().spent.pico(), PicoUsd::parse("1")->pico());
  EXPECT_EQ(today().held, PicoUsd());
}

TEST_F(GatewayBudget, SaysWhenToComeAgainInTheClientsFormat) {
  const auto key = key_with(PicoUsd::parse("0.1"));
  const auto openai = ask(key);
  EXPECT_EQ(openai.status, 429);
  EXPECT_EQ(json(openai)["error"]["type"], Value("rate_limit_error"));
  EXPECT_THAT(openai.body, HasSubstr("ask for fewer tokens, or again after 00:00 UTC"));
  EXPECT_NE(header(openai, "Retry-After"), "");
  const auto anthropic = send_as(key, "POST", kAnthropic, body_of(1, "openai/gpt-5.5"));
  EXPECT_EQ(anthropic.status, 429);
  EXPECT_EQ(json(anthropic)["error"]["type"], Value("rate_limit_error"));
  EXPECT_EQ(json(anthropic)["type"], Value("error"));
  EXPECT_EQ(provider_.calls, 0);
}

TEST_F(GatewayBudget, GivesBackWhatWasHeldForACallThatFailed) {
  provider_.status = 400;
  provider_.body = R"({"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}})";
  EXPECT_EQ(ask(key_with_a_dollar()).status, 400);
  EXPECT_EQ(today().spent, PicoUsd());
  EXPECT_EQ(today().held, PicoUsd());
}

TEST_F(GatewayBudget, HoldsForEveryReplyThatIsAskedFor) {
  const auto key = key_with_a_dollar();
  const auto many =
      send_as(key, "POST", kOpenAi,
              R"({"model":"openai/gpt-5.5","n":9,"max_tokens":4000,"messages":[{"role":"user","content":"Hi"}]})");
  EXPECT_EQ(many.status, 429);
}

TEST_F(GatewayBudget, LimitsTheRequestsOfAKeyAndNotOfItsAccount) {
  const auto slow = key_with({}, 2);
  EXPECT_EQ(send_as(slow, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(ask(slow).status, 200);
  const auto refused = ask(slow);
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("more than 2 requests a minute"));
  EXPECT_EQ(header(refused, "Retry-After"), "30");
  EXPECT_EQ(ask(key_with({})).status, 200);
  clock_.advance(std::chrono::seconds(31));
  EXPECT_EQ(ask(slow).status, 200);
}

TEST_F(GatewayBudget, AKeyWithLimitsMakesNoKeys) {
  EXPECT_EQ(send_as(key_with_a_dollar(), "POST", "/api/v1/keys", "{}").status, 403);
  EXPECT_EQ(send_as(key_with({}, 100), "POST", "/api/v1/keys", "{}").status, 403);
  EXPECT_EQ(send_as(key_with({}), "POST", "/api/v1/keys", "{}").status, 201);
}

}  // namespace
}  // namespace tollgate::api
