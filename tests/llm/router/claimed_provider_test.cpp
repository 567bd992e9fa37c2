#include "llm/router/claimed_provider.hpp"

#include <map>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "cache/memory_cache.hpp"
#include "llm/router/cached_provider.hpp"
#include "tests/cache/set_clock.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using cache::Claim;
using cache::ClaimOutcome;
using std::chrono::milliseconds;

class FakeClaims final : public cache::Claims {
 public:
  asio::awaitable<Claim> claim(std::string name, milliseconds) override {
    ++asked;
    if (is_down) co_return Claim{};
    const auto [holder, is_new] = held.emplace(std::move(name), std::to_string(asked));
    co_return Claim{is_new ? ClaimOutcome::kMine : ClaimOutcome::kTaken, holder->second};
  }
  void release(const std::string& name, const std::string& token) override {
    if (const auto mine = held.find(name); mine != held.end() && mine->second == token) held.erase(mine);
  }

  bool is_down = false;
  int asked = 0;
  std::map<std::string, std::string> held{};
};

// Two nodes before one provider, one cache and one store of claims.
class Claimed : public testing::Test {
 protected:
  struct Node {
    std::unique_ptr<Provider> provider;
    std::optional<base::Result<ChatReply>> reply{};
  };
  Node node() {
    auto chain = make_cached_provider(std::make_unique<test::ScriptedProvider>(upstream_), cache_, clock_, {},
                                      CachePart::kLookUpAndKeep);
    chain = make_claimed_provider(std::move(chain), claims_, config_);
    return {make_cached_provider(std::move(chain), cache_, clock_, {}, CachePart::kLookUp)};
  }
  void start(Node& node, TextSink on_text = {}, asio::cancellation_signal* cancel = nullptr) {
    auto done = [&node](const std::exception_ptr&, base::Result<ChatReply> reply) { node.reply = std::move(reply); };
    auto call = test::call_of(*node.provider, test::hello(), std::move(on_text));
    if (cancel) {
      asio::co_spawn(context_, std::move(call), asio::bind_cancellation_slot(cancel->slot(), done));
    } else {
      asio::co_spawn(context_, std::move(call), done);
    }
  }

  asio::io_context context_{1};
  cache::SetClock clock_;
  cache::MemoryCache cache_{clock_, {}};
  test::Upstream upstream_{.delay = milliseconds(20)};
  FakeClaims claims_;
  ClaimConfig config_{.first_pause = milliseconds(2), .longest_pause = milliseconds(2)};
};

TEST_F(Claimed, OneNodeCallsForAll) {
  auto a = node();
  auto b = node();
  start(a);
  start(b);
  context_.run();
  ASSERT_TRUE(a.reply && *a.reply);
  ASSERT_TRUE(b.reply && *b.reply);
  EXPECT_EQ(upstream_.requests.size(), 1U);
  EXPECT_EQ((*a.reply)->passage.cache, CacheOutcome::kMiss);
  EXPECT_EQ((*b.reply)->passage.cache, CacheOutcome::kHit);
  EXPECT_TRUE(claims_.held.empty());
}

TEST_F(Claimed, AFailureIsNotTheOtherNodes) {
  upstream_.failures = {{base::ErrorCode::kUnavailable, "down"}};
  auto a = node();
  auto b = node();
  start(a);
  start(b);
  context_.run();
  EXPECT_FALSE(*a.reply);
  EXPECT_TRUE(*b.reply);
  EXPECT_EQ(upstream_.requests.size(), 2U);
  EXPECT_TRUE(claims_.held.empty());
}

TEST_F(Claimed, NobodyWaitsLongForANodeThatIsGone) {
  config_.longest_wait = milliseconds(10);
  auto a = node();
  start(a);
  context_.poll();
  claims_.held.begin()->second = "another's";  // so that it stays
  auto b = node();
  context_.restart();
  start(b);
  upstream_.delay = milliseconds(0);
  context_.run();
  EXPECT_TRUE(*b.reply);
  EXPECT_EQ(upstream_.requests.size(), 2U);
}

TEST_F(Claimed, EachNodeCallsByItselfWhereNobodyCanBeAsked) {
  claims_.is_down = true;
  auto a = node();
  auto b = node();
  start(a);
  start(b);
  context_.run();
  EXPECT_TRUE(*a.reply);
  EXPECT_TRUE(*b.reply);
  EXPECT_EQ(upstream_.requests.size(), 2U);
}

TEST_F(Claimed, AStreamIsNotWaitedFor) {
  auto a = node();
  start(a, [](std::string_view) {});
  context_.run();
  EXPECT_TRUE(*a.reply);
  EXPECT_EQ(claims_.asked, 0);
}

TEST_F(Claimed, ACancelledCallGivesItsClaimBack) {
  upstream_.delay = std::chrono::hours(1);
  asio::cancellation_signal cancel;
  auto a = node();
  start(a, {}, &cancel);
  context_.poll();
  ASSERT_EQ(claims_.held.size(), 1U);
  cancel.emit(asio::cancellation_type::terminal);
  context_.restart();
  context_.run();
  EXPECT_TRUE(claims_.held.empty());
}

}  // namespace
}  // namespace tollgate::llm
