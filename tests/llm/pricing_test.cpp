#include "llm/pricing.hpp"

#include <random>

#include <gtest/gtest.h>

#include "llm/price_reader.hpp"

namespace tollgate::llm {
namespace {

using base::PicoUsd;

constexpr std::string_view kSonnet37 = R"(
prices: 1
models:
  - id: claude-3-7-sonnet
    provider: anthropic
    prices: [{input: "3", output: "15", cache_read: "0.3", cache_write_5m: "3.75", cache_write_1h: "6"}]
    source: the golden vector
    verified_on: 2026-11-01
)";

class Pricing : public testing::Test {
 protected:
  static base::Timestamp on(std::string_view day) { return base::Date::parse(day)->day(); }

  std::string cost(std::string_view provider, std::string_view model, const Usage& usage,
                   std::string_view day = "2026-11-01") const {
    const auto found = cost_of(table_, provider, model, usage, on(day));
    return found ? found->total.to_string() : "unpriced";
  }

  // Input in its parts, as Anthropic counts it.
  static Usage parts(std::int64_t fresh, std::int64_t read, std::int64_t written, std::int64_t written_1h,
                     std::int64_t output) {
    return {.input_tokens = fresh + read + written + written_1h,
            .cached_input_tokens = read,
            .output_tokens = output,
            .cache_write_tokens = written,
            .cache_write_1h_tokens = written_1h};
  }

  PriceTable table_ = builtin_price_table();
};

// The six figures that other routers got wrong.
TEST_F(Pricing, CountsWrittenTokensOnce) {
  table_.lay_over(read_price_table(kSonnet37, "over.yaml").value());
  EXPECT_EQ(cost("anthropic", "claude-3-7-sonnet", parts(3, 0, 12'304, 0, 550)), "0.054399");
}
TEST_F(Pricing, CountsWrittenTokensOnceInALongPrompt) {
  EXPECT_EQ(cost("anthropic", "claude-opus-4-7", parts(6, 0, 159'217, 0, 2'745)), "1.06376125");
}
TEST_F(Pricing, CountsCachedTokensAtTheirOwnPrice) {
  const Usage usage{.input_tokens = 1'239'328, .cached_input_tokens = 1'188'096, .output_tokens = 12'909};
  EXPECT_EQ(cost("openai", "gpt-5", usage), "0.341642");
}
TEST_F(Pricing, RepricesTheWholeRequestAboveTheLengthButNotAtIt) {
  EXPECT_EQ(cost("anthropic", "claude-haiku-5-5", parts(60'000, 50'000, 0, 0, 1'000)), "0.035");
  EXPECT_EQ(cost("anthropic", "claude-haiku-5-5", parts(60'000, 40'000, 0, 0, 1'000)), "0.0069");
  EXPECT_EQ(cost("anthropic", "claude-haiku-5-5", parts(60'000, 40'001, 0, 0, 0)), "0.03200005");
}
TEST_F(Pricing, TellsFiveMinutesFromAnHour) {
  EXPECT_EQ(cost("anthropic", "claude-opus-5", parts(100, 10'000, 1'000, 2'000, 500)), "0.04425");
}
TEST_F(Pricing, DoesNotAddReasoningAgain) {
  const Usage usage{.input_tokens = 2'000, .cached_input_tokens = 1'500, .output_tokens = 300};
  EXPECT_EQ(cost("openai", "gpt-5.5", usage), "0.01225");
}

TEST_F(Pricing, TakesANewPriceOnItsDayInUtc) {
  const auto usage = parts(0, 1'000'000, 0, 0, 0);
  EXPECT_EQ(cost("anthropic", "claude-sonnet-5-5", usage, "2026-10-06"), "0.2");
  EXPECT_EQ(cost("anthropic", "claude-sonnet-5-5", usage, "2026-10-07"), "0.1");
  const auto last =
      cost_of(table_, "anthropic", "claude-sonnet-5-5", usage, on("2026-10-07") - std::chrono::milliseconds(1));
  EXPECT_EQ(last->total.to_string(), "0.2");
}

TEST_F(Pricing, LeavesUnknownModelsUnpriced) {
  EXPECT_EQ(cost("anthropic", "claude-next", parts(1, 0, 0, 0, 1)), "unpriced");
  EXPECT_EQ(cost("elsewhere", "claude-opus-5", parts(1, 0, 0, 0, 1)), "unpriced");
  EXPECT_EQ(cost("anthropic", "claude-opus-5", parts(0, 0, 0, 0, 0)), "0");
}

TEST_F(Pricing, SaysThatLocalModelsAreFree) {
  const auto local = cost_of(table_, "ollama", "qwen3:8b", parts(9, 0, 0, 0, 9), on("2026-11-01"));
  ASSERT_TRUE(local);
  EXPECT_TRUE(local->is_free);
  EXPECT_EQ(local->total, PicoUsd());
  EXPECT_FALSE(cost_of(table_, "anthropic", "claude-opus-5", {}, on("2026-11-01"))->is_free);
  EXPECT_EQ(cost("ollama", "gpt-oss:120b-cloud", parts(9, 0, 0, 0, 9)), "unpriced");
}

TEST_F(Pricing, MultipliesByTheServiceTierAndAddsFees) {
  auto usage = parts(1'000'000, 0, 0, 0, 100'000);
  usage.service_tier = ServiceTier::kBatch;
  EXPECT_EQ(cost("anthropic", "claude-opus-5", usage), "3.75");
  usage.service_tier = ServiceTier::kPriority;
  EXPECT_EQ(cost("anthropic", "claude-opus-5", usage), "unpriced");
  usage.service_tier = ServiceTier::kStandard;
  usage.web_searches = 3;
  EXPECT_EQ(cost("anthropic", "claude-opus-5", usage), "7.53");
  EXPECT_EQ(cost("google", "gemini-3.1-pro", usage), "unpriced");  // its fee for searches is not known
}

TEST_F(Pricing, IsUnpricedBeyondAllBounds) {
  EXPECT_EQ(cost("anthropic", "claude-opus-5", {.input_tokens = INT64_MAX}), "unpriced");
  EXPECT_EQ(cost("anthropic", "claude-opus-5", {.input_tokens = 1, .output_tokens = INT64_MAX / 20'000'000}),
            "unpriced");
  EXPECT_EQ(cost("anthropic", "claude-opus-5", {.input_tokens = -5, .output_tokens = -5}), "0");
}

// As some imitators of OpenAI's format count.
TEST_F(Pricing, CountsCachedTokensBesideThePromptOnce) {
  EXPECT_EQ(cost("openai", "gpt-5", {.input_tokens = 10, .cached_input_tokens = 1'000'000}), "0.125");
}

TEST_F(Pricing, GivesATotalThatIsTheSumOfItsParts) {
  std::mt19937_64 random(7);
  const auto up_to = [&random](std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random);
  };
  for (int i = 0; i < 10'000; ++i) {
    const auto* model = i % 2 == 0 ? "claude-haiku-5-5" : "claude-opus-5";
    auto usage = parts(up_to(200'000), up_to(200'000), up_to(50'000), up_to(50'000), up_to(50'000));
    usage.service_tier = i % 3 == 0 ? ServiceTier::kBatch : ServiceTier::kStandard;
    usage.web_searches = up_to(9);
    const auto cost = cost_of(table_, "anthropic", model, usage, on("2026-11-01"));
    ASSERT_TRUE(cost);
    auto total = PicoUsd();
    for (const auto part : {cost->input, cost->cache_read, cost->cache_write, cost->output, cost->fees})
      total = sum(total, part);
    ASSERT_EQ(total, cost->total);
  }
}

TEST_F(Pricing, EstimatesAboveWhatAUsualCallCosts) {
  const auto estimate = estimated_cost(table_, "anthropic", "claude-opus-5", 40'000, 2'000, on("2026-11-01"));
  ASSERT_TRUE(estimate);
  // 13,334 tokens at the price of a write for an hour, and the longest reply.
  EXPECT_EQ(estimate->to_string(), "0.18334");
  const auto actual = cost_of(table_, "anthropic", "claude-opus-5", parts(0, 0, 10'000, 0, 2'000), on("2026-11-01"));
  EXPECT_GT(*estimate, actual->total);
}

TEST_F(Pricing, EstimatesLongPromptsByTheLongPromptsPrice) {
  const auto of = [&](std::int64_t bytes) {
    return estimated_cost(table_, "anthropic", "claude-haiku-5-5", bytes, 1'000, on("2026-11-01"))->to_string();
  };
  EXPECT_EQ(of(100'000), "0.0071668");  // 33,334 × 0.2 + 1,000 × 0.5
  EXPECT_EQ(of(100'001), "0.035834");   // 33,334 × 1 + 1,000 × 2.5: it may have more than 100,000 tokens
  EXPECT_FALSE(estimated_cost(table_, "anthropic", "claude-next", 1, 1, on("2026-11-01")));
  EXPECT_EQ(estimated_cost(table_, "ollama", "qwen3:8b", 1, 1, on("2026-11-01")), PicoUsd());
}

}  // namespace
}  // namespace tollgate::llm
