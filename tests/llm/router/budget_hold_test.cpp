#include "llm/router/budget_hold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cache/set_clock.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using base::PicoUsd;
using testing::HasSubstr;

// 300 bytes of prompt and 1,000 tokens of reply: at most 101 at $10 and 1,000 at $25 a million.
class BudgetHold : public testing::Test {
 protected:
  BudgetHold() {
    config_.providers = {{.name = "anthropic", .kind = ProviderKind::kAnthropic, .upstreams = {{}}}};
    config_.tiers[Tier::kFast] = {{"anthropic", "claude-next"}, {"anthropic", "claude-opus-5"}};
  }
  static ChatRequest request(std::string model) {
    ChatRequest request{.model = std::move(model),
                        .messages = {{Role::kUser, std::string(300, 'x')}},
                        .max_tokens = 1'000,
                        .scope = {.key = "tg_1"}};
    return request;
  }
  auto hold(const ChatRequest& request, std::string_view limit = "1") {
    return hold_back(budgets_, config_, request, *PicoUsd::parse(limit), clock_.now());
  }
  std::string held() { return budgets_.today(budget_of_key("tg_1")).held.to_string(); }

  RouterConfig config_;
  cache::SetClock clock_;
  Budgets budgets_{clock_};
};

TEST_F(BudgetHold, HoldsWhatTheDearestModelOfATierMayCost) {
  const auto reservation = hold(request("fast"));
  ASSERT_TRUE(reservation);
  EXPECT_EQ(held(), "0.02601");
}

TEST_F(BudgetHold, RefusesWhatDoesNotFit) {
  const auto refused = hold(request("anthropic/claude-opus-5"), "0.02");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRateLimited);
  EXPECT_TRUE(refused.error().retry_after);
  EXPECT_EQ(held(), "0");
}

TEST_F(BudgetHold, RefusesAModelThatHasNoPrice) {
  const auto refused = hold(request("anthropic/claude-next"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("`prices`"));
}

TEST_F(BudgetHold, HoldsNothingForWhatOnlyAStoredReplyMayAnswer) {
  auto stored = request("fast");
  stored.cache.only = true;
  const auto none = hold(stored, "0.000001");
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
}

TEST_F(BudgetHold, SaysWhenThereIsNoSuchModel) {
  EXPECT_EQ(hold(request("nobody/x")).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tollgate::llm
