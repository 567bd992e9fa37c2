#include "llm/router/billed_provider.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include "cache/memory_cache.hpp"
#include "llm/router/cached_provider.hpp"
#include "llm/router/call_prices.hpp"
#include "llm/router/saving_provider.hpp"
#include "llm/router/single_flight_provider.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::PicoUsd;

struct Recorded {
  UsageRecord record;
  CallScope scope;
};

class FakeSink final : public UsageSink {
 public:
  void record(const UsageRecord& record) override { records.push_back({record, record.scope}); }
  std::vector<Recorded> records{};
};

// The part of a router that decides who pays for what: 10 tokens in and 2 out of claude-opus-5 are $0.0001.
class Billed : public testing::Test {
 protected:
  static ChatRequest request(std::string text = "Hello") {
    auto request = test::hello(std::move(text));
    request.targets = {{"anthropic", "claude-opus-5"}};
    request.scope.key = "tg_1";
    return request;
  }
  void build(WhenAbandoned when_abandoned = WhenAbandoned::kCancel) {
    const Billing billing{&sink_, &budgets_};
    auto chain = make_billed_provider(std::make_unique<test::ScriptedProvider>(upstream_), config_, clock_, billing);
    chain = make_cached_provider(std::move(chain), cache_, clock_, {}, CachePart::kLookUpAndKeep);
    chain = make_single_flight_provider(std::move(chain), flights_, scope_, when_abandoned);
    chain = make_cached_provider(std::move(chain), cache_, clock_, {}, CachePart::kLookUp);
    provider_ = make_saving_provider(std::move(chain), config_, clock_, &sink_);
  }
  base::Result<ChatReply> call(ChatRequest request, TextSink sink = {}) {
    if (!provider_) build();
    return fakes::run_coroutine(context_, provider_->complete({}, std::move(request), std::move(sink)));
  }
  // Cancels a call once it is under way, and lets everything end that ends.
  void cancel_midway() {
    asio::cancellation_signal cancel;
    asio::co_spawn(
        context_, test::call_of(*provider_, request()),
        asio::bind_cancellation_slot(cancel.slot(), [](const std::exception_ptr&, const base::Result<ChatReply>&) {}));
    while (upstream_.requests.empty()) context_.run_one();
    cancel.emit(asio::cancellation_type::terminal);
    context_.run();
  }
  std::shared_ptr<Reservation> hold(std::string_view estimate) {
    auto held = budgets_.reserve(budget_of_key("tg_1"), *PicoUsd::parse("1"), *PicoUsd::parse(estimate));
    return std::make_shared<Reservation>(std::move(held).value());
  }
  std::string spent() { return budgets_.today(budget_of_key("tg_1")).spent.to_string(); }
  std::string held() { return budgets_.today(budget_of_key("tg_1")).held.to_string(); }

  asio::io_context context_{1};
  cache::SetClock clock_;
  test::Upstream upstream_;
  cache::MemoryCache cache_{clock_, {}};
  Flights flights_;
  net::TaskScope scope_{context_.get_executor(), {}};
  FakeSink sink_;
  Budgets budgets_{clock_};
  std::shared_ptr<const RouterConfig> config_ = std::make_shared<RouterConfig>();
  std::unique_ptr<Provider> provider_;
};

TEST_F(Billed, TellsWhoPaidForWhat) {
  const auto reply = call(request());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->passage.cost->to_string(), "0.0001");
  ASSERT_EQ(sink_.records.size(), 1U);
  const auto& [record, scope] = sink_.records.front();
  EXPECT_EQ(record.basis, CostBasis::kReported);
  EXPECT_EQ(record.cost.to_string(), "0.0001");
  EXPECT_EQ(record.charged.to_string(), "0.0001");
  EXPECT_EQ(record.usage.output_tokens, 2);
  EXPECT_EQ(record.target.provider, "anthropic");
  EXPECT_EQ(record.tier, "balanced");
  EXPECT_EQ(scope.tenant, "ann");
  EXPECT_EQ(scope.key, "tg_1");
  EXPECT_EQ(spent(), "0.0001");
}

TEST_F(Billed, AModelThatWasNamedBelongsToNoTier) {
  auto named = request();
  named.model = "claude-opus-5";
  ASSERT_TRUE(call(std::move(named)));
  EXPECT_EQ(sink_.records.front().record.tier, "");
}

TEST_F(Billed, AReplyFromTheCacheCostsNothingAndTellsWhatItSaved) {
  ASSERT_TRUE(call(request()));
  const auto hit = call(request());
  EXPECT_EQ(hit->passage.cost, PicoUsd());
  ASSERT_EQ(sink_.records.size(), 2U);
  const auto& record = sink_.records.back().record;
  EXPECT_EQ(record.basis, CostBasis::kSaved);
  EXPECT_EQ(record.cost, PicoUsd());
  EXPECT_EQ(record.saved.to_string(), "0.0001");
  EXPECT_EQ(record.usage.input_tokens, 0);
  EXPECT_EQ(spent(), "0.0001");
}

TEST_F(Billed, OneCallThatManyWaitForIsPaidOnce) {
  build();
  upstream_.delay = std::chrono::milliseconds(5);
  for (int i = 0; i < 10; ++i) {
    asio::co_spawn(context_, test::call_of(*provider_, request()),
                   [](const std::exception_ptr&, const base::Result<ChatReply>& reply) { ASSERT_TRUE(reply); });
  }
  context_.run();
  ASSERT_EQ(sink_.records.size(), 10U);
  auto saved = PicoUsd();
  for (const auto& [record, scope] : sink_.records) saved = sum(saved, record.saved);
  EXPECT_EQ(spent(), "0.0001");
  EXPECT_EQ(saved.to_string(), "0.0009");
}

TEST_F(Billed, AModelWithoutAPriceIsUnpricedAndNotFree) {
  auto unknown = request();
  unknown.targets = {{"anthropic", "claude-next"}};
  unknown.held = hold("0.25");
  const auto reply = call(std::move(unknown));
  EXPECT_FALSE(reply->passage.cost);
  EXPECT_EQ(sink_.records.front().record.basis, CostBasis::kUnpriced);
  EXPECT_EQ(sink_.records.front().record.cost, PicoUsd());
  EXPECT_EQ(sink_.records.front().record.charged.to_string(), "0.25");
  EXPECT_EQ(spent(), "0.25");  // what was held for it
}

TEST_F(Billed, SettlesWhatWasHeldBack) {
  auto paid = request();
  paid.held = hold("0.25");
  EXPECT_EQ(held(), "0.25");
  ASSERT_TRUE(call(std::move(paid)));
  EXPECT_EQ(spent(), "0.0001");
  EXPECT_EQ(held(), "0");
}

TEST_F(Billed, GivesBackWhatWasHeldForAReplyThatWasThere) {
  ASSERT_TRUE(call(request()));
  auto again = request();
  again.held = hold("0.25");
  ASSERT_TRUE(call(std::move(again)));
  EXPECT_EQ(spent(), "0.0001");
  EXPECT_EQ(held(), "0");
}

TEST_F(Billed, ACallThatFailsBeforeItRepliesCostsNothing) {
  upstream_.failures = {{base::ErrorCode::kUnavailable, "down"}};
  auto failing = request();
  failing.held = hold("0.25");
  EXPECT_FALSE(call(std::move(failing)));
  upstream_.requests.clear();  // copies of what was asked
  EXPECT_TRUE(sink_.records.empty());
  EXPECT_EQ(held(), "0");
}

TEST_F(Billed, AStreamThatBreaksOffIsEstimatedByWhatWasSeenOfIt) {
  upstream_.fails_half_way = true;
  EXPECT_FALSE(call(request(std::string(300, 'x')), [](std::string_view) {}));
  ASSERT_EQ(sink_.records.size(), 1U);
  const auto& record = sink_.records.front().record;
  EXPECT_EQ(record.basis, CostBasis::kEstimated);
  // 101 tokens at $10, the price of a write for an hour, and 2 at $25 a million.
  EXPECT_EQ(record.cost.to_string(), "0.00106");
  EXPECT_EQ(spent(), "0.00106");
}

TEST_F(Billed, FramesOfABrokenStreamAreNotEstimatedAsMoreThanWasAskedFor) {
  upstream_.fails_half_way = true;
  upstream_.pieces = {std::string(90'000, 'x')};
  auto limited = request(std::string(300, 'x'));
  limited.max_tokens = 100;
  EXPECT_FALSE(call(std::move(limited), [](std::string_view) {}));
  EXPECT_EQ(sink_.records.front().record.cost.to_string(), "0.00351");  // 101 tokens at $10, 100 at $25 a million
}

TEST_F(Billed, ACallThatIsCancelledIsEstimated) {
  build(WhenAbandoned::kCancel);
  upstream_.delay = std::chrono::hours(1);
  cancel_midway();
  EXPECT_EQ(upstream_.cancelled, 1U);
  ASSERT_EQ(sink_.records.size(), 1U);
  EXPECT_EQ(sink_.records.front().record.basis, CostBasis::kEstimated);
}

TEST_F(Billed, ACallThatIsDrainedIsPaidInFull) {
  build(WhenAbandoned::kDrain);
  upstream_.delay = std::chrono::milliseconds(5);
  cancel_midway();
  EXPECT_EQ(upstream_.cancelled, 0U);
  ASSERT_EQ(sink_.records.size(), 1U);
  EXPECT_EQ(sink_.records.front().record.basis, CostBasis::kReported);
  EXPECT_EQ(spent(), "0.0001");
}

TEST(CallPrices, LooksUnderTheProvidersNameFirstAndThenUnderItsKind) {
  RouterConfig config;
  config.providers = {{.name = "work", .kind = ProviderKind::kAnthropic, .upstreams = {{}}},
                      {.name = "gpu", .kind = ProviderKind::kOllama, .upstreams = {{}}}};
  ChatReply reply{.text = {}, .usage = {1'000'000, 0, 0}, .provider = "work", .model = "claude-opus-5-20260801"};
  EXPECT_EQ(cost_of_reply(config, reply, base::Timestamp{})->total.to_string(), "5");
  reply.provider = "gpu";
  EXPECT_TRUE(cost_of_reply(config, reply, base::Timestamp{})->is_free);
  auto prices = builtin_price_table();
  prices.lay_over(read_price_table("prices: 1\nmodels: [{provider: work, id: \"*\", prices: [{input: 1, output: 1}], "
                                   "source: s, verified_on: 2026-11-01}]\n",
                                   "own.yaml")
                      .value());
  config.prices = std::make_shared<const PriceTable>(std::move(prices));
  reply.provider = "work";
  EXPECT_EQ(cost_of_reply(config, reply, base::Timestamp{})->total.to_string(), "1");
}

TEST(CallPrices, EstimatesByTheDearestTargetThatHasAPrice) {
  const RouterConfig config;
  const std::vector<Target> targets{
      {"anthropic", "claude-haiku-4-5"}, {"anthropic", "claude-next"}, {"anthropic", "claude-opus-5"}};
  const auto estimate = estimate_of_call(config, targets, 2'999, 1'000, base::Timestamp{});
  EXPECT_EQ(estimate->to_string(), "0.035");
  EXPECT_EQ(estimate_of_call(config, targets, 2'999, 0, base::Timestamp{})->to_string(), "0.1124");
  EXPECT_FALSE(estimate_of_call(config, {targets[1]}, 2'999, 1'000, base::Timestamp{}));
}

}  // namespace
}  // namespace tollgate::llm
