#include "llm/router/session_budget_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "llm/router/billed_provider.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::PicoUsd;
using std::chrono::milliseconds;
using testing::HasSubstr;

// Calls of 1,000 tokens at most cost up to $0.02501 of a session's dollars; the replies say $0.0001.
class SessionBudgetProvider : public testing::Test {
 protected:
  SessionBudgetProvider() {
    RouterConfig config;
    config.providers = {{.name = "anthropic", .kind = ProviderKind::kAnthropic, .upstreams = {{}}}};
    config_ = std::make_shared<const RouterConfig>(std::move(config));
  }
  static ChatRequest request(std::string session = "s1", std::string model = "claude-opus-5") {
    ChatRequest request{.messages = {{Role::kUser, "Hi"}}, .max_tokens = 1'000};
    request.scope.session = std::move(session);
    request.targets = {{"anthropic", std::move(model)}};
    return request;
  }
  Provider& with_budget(std::string_view dollars) {
    budgets_.emplace(*PicoUsd::parse(dollars), [this](const std::string& session) { return stored(session); });
    auto chain = make_billed_provider(std::make_unique<test::ScriptedProvider>(upstream_), config_, clock_, {});
    provider_ = make_session_budget_provider(std::move(chain), config_, clock_, *budgets_);
    return *provider_;
  }
  asio::awaitable<base::Result<PicoUsd>> stored(std::string) {
    ++looks_;
    if (store_failure_) co_return base::fail(*store_failure_);
    co_return in_store_;
  }
  base::Result<ChatReply> call(Provider& provider, ChatRequest request = SessionBudgetProvider::request()) {
    return fakes::run_coroutine(context_, provider.complete({}, std::move(request)));
  }

  asio::io_context context_{1};
  std::shared_ptr<const RouterConfig> config_;
  cache::SetClock clock_;
  PicoUsd in_store_{};
  std::optional<base::Error> store_failure_;
  int looks_ = 0;
  std::optional<SessionBudgets> budgets_;
  test::Upstream upstream_;
  std::unique_ptr<Provider> provider_;
};

TEST_F(SessionBudgetProvider, MakesCallsUntilTheBudgetIsUsedUp) {
  auto& provider = with_budget("0.026");
  int calls = 0;
  while (call(provider)) ASSERT_LT(++calls, 100);
  EXPECT_EQ(calls, 10);  // then an estimate of $0.02501 does not fit beside $0.001 that were spent
  EXPECT_EQ(upstream_.requests.size(), 10U);
  EXPECT_EQ(looks_, 1);
  const auto refused = call(provider).error();
  EXPECT_EQ(refused.code, ErrorCode::kOutOfCredit);
  EXPECT_THAT(refused.message, HasSubstr("$0.001 of $0.026 were spent; raise `session_budget_usd`"));
}

TEST_F(SessionBudgetProvider, KnowsWhatWasSpentBefore) {
  in_store_ = *PicoUsd::parse("5");
  EXPECT_THAT(call(with_budget("5")).error().message, HasSubstr("$5 of $5 were spent"));
  EXPECT_TRUE(upstream_.requests.empty());
}

TEST_F(SessionBudgetProvider, MakesNoCallWhileItIsNotKnownWhatWasSpent) {
  store_failure_ = base::Error{ErrorCode::kUnavailable, "no database"};
  EXPECT_EQ(call(with_budget("5")).error().message, "no database");
  EXPECT_TRUE(upstream_.requests.empty());
}

TEST_F(SessionBudgetProvider, LooksAtNoCallOfOthersAndWithoutABudget) {
  in_store_ = *PicoUsd::parse("9");
  EXPECT_TRUE(call(with_budget("5"), request("")));
  EXPECT_TRUE(call(with_budget("0")));
  EXPECT_EQ(looks_, 0);
}

TEST_F(SessionBudgetProvider, RefusesATierWithoutAnyPrice) {
  const auto refused = call(with_budget("5"), request("s1", "claude-next")).error();
  EXPECT_EQ(refused.code, ErrorCode::kForbidden);
  EXPECT_THAT(refused.message, HasSubstr("anthropic/claude-next has no price"));
}

TEST_F(SessionBudgetProvider, ACallWaitsForWhatOthersHold) {
  auto& provider = with_budget("0.03");
  upstream_.delay = milliseconds(1);
  std::vector<std::optional<base::Result<ChatReply>>> results(3);
  for (auto& result : results) {
    asio::co_spawn(context_, test::call_of(provider, request()),
                   [&result](const std::exception_ptr&, base::Result<ChatReply> reply) { result = std::move(reply); });
  }
  context_.run();
  for (const auto& result : results) EXPECT_TRUE(*result) << result->error().message;
}

TEST_F(SessionBudgetProvider, ACallDoesNotWaitBeyondItsDeadline) {
  auto& provider = with_budget("0.03");
  ASSERT_TRUE(call(provider));
  const auto under_way = budgets_->reserve("s1", *PicoUsd::parse("0.02"), {});
  ASSERT_TRUE(under_way);
  const auto late =
      fakes::run_coroutine(context_, provider.complete(net::CallContext{}.within(milliseconds(120)), request()));
  EXPECT_EQ(late.error().code, ErrorCode::kRateLimited);
}

}  // namespace
}  // namespace tollgate::llm
