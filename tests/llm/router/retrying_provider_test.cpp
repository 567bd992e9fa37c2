#include "llm/router/retrying_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "llm/router/breaking_provider.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using test::ScriptedProvider;
using test::Upstream;
using testing::SizeIs;

class Retrying : public testing::Test {
 protected:
  void add(const std::string& provider, Upstream& upstream) {
    const auto name = provider + "#" + std::to_string(replicas_[provider].size() + 1);
    replicas_[provider].push_back(
        {name, make_breaking_provider(std::make_unique<ScriptedProvider>(upstream), name, states_)});
  }
  base::Result<ChatReply> call(TextSink sink = {}, net::CallContext context = {}) {
    if (!provider_) provider_ = make_retrying_provider(std::move(replicas_), config_, states_, budget_);
    auto request = test::hello();
    request.targets = {{"first", "m1"}, {"second", "m2"}};
    request.on_begin = [this](ReplyHead head) { heads_.push_back(std::move(head)); };
    request.on_retry = [this](const base::Error&, int) { return ++told_ > 0; };
    return fakes::run_coroutine(context_, provider_->complete(context, request, std::move(sink)));
  }

  boost::asio::io_context context_{1};
  RetryConfig config_{.max_tries = 3, .first_backoff = milliseconds(1)};
  UpstreamStates states_{};
  RetryBudget budget_{config_};
  Replicas replicas_;
  std::unique_ptr<Provider> provider_;
  int told_ = 0;
  std::vector<ReplyHead> heads_;
  Upstream first_;
  Upstream second_;
};

TEST_F(Retrying, TriesTheSameModelAgainAndThenTheNextOne) {
  add("first", first_);
  add("second", second_);
  for (int i = 0; i < 3; ++i) first_.failures.push_back({ErrorCode::kUnavailable, "down"});
  const auto reply = call();
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->provider, "second");
  EXPECT_EQ(reply->passage.target, (Target{"second", "m2"}));
  EXPECT_EQ(reply->passage.attempts, 4);
  EXPECT_EQ(second_.requests.front().model, "m2");
}

TEST_F(Retrying, AWrongRequestIsSentOnce) {
  add("first", first_);
  add("second", second_);
  first_.failures = {{ErrorCode::kInvalidArgument, "no messages"}};
  EXPECT_EQ(call().error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(first_.requests, SizeIs(1));
  EXPECT_THAT(second_.requests, SizeIs(0));
}

TEST_F(Retrying, SpentCreditGoesStraightToTheNextProvider) {
  add("first", first_);
  add("second", second_);
  first_.failures = {{ErrorCode::kOutOfCredit, "no credit"}};
  ASSERT_TRUE(call());
  EXPECT_THAT(first_.requests, SizeIs(1));
  EXPECT_THAT(second_.requests, SizeIs(1));
}

TEST_F(Retrying, ASilentModelIsNotAskedTwiceWhileAnotherIsLeft) {
  add("first", first_);
  add("second", second_);
  first_.failures = {{ErrorCode::kTimeout, "silent"}};
  second_.failures = {{ErrorCode::kTimeout, "silent"}};
  ASSERT_TRUE(call());
  EXPECT_THAT(first_.requests, SizeIs(1));
  EXPECT_THAT(second_.requests, SizeIs(2));
}

TEST_F(Retrying, APromptTooLongForOneModelGoesToTheNext) {
  add("first", first_);
  add("second", second_);
  first_.failures = {{ErrorCode::kTooLarge, "too long"}};
  ASSERT_TRUE(call());
  EXPECT_THAT(first_.requests, SizeIs(1));
  EXPECT_THAT(second_.requests, SizeIs(1));
}

TEST_F(Retrying, NothingIsTriedAgainOnceAPieceWasHandedOut) {
  add("first", first_);
  add("second", second_);
  first_.fails_half_way = true;
  std::string heard;
  const auto reply = call([&](std::string_view piece) { heard += piece; });
  ASSERT_FALSE(reply);
  EXPECT_EQ(heard, "Good ");
  EXPECT_THAT(second_.requests, SizeIs(0));
}

TEST_F(Retrying, AnOpenBreakerIsPassedByWithoutACall) {
  add("first", first_);
  add("second", second_);
  for (int i = 0; i < 6; ++i) first_.failures.push_back({ErrorCode::kUnavailable, "down"});
  ASSERT_TRUE(call());
  ASSERT_TRUE(call());  // two more failures open it
  const auto before = first_.requests.size();
  told_ = 0;
  const auto reply = call();
  ASSERT_TRUE(reply);
  EXPECT_EQ(first_.requests.size(), before);
  EXPECT_EQ(reply->passage.attempts, 1);
  EXPECT_EQ(told_, 1);  // of going on, not of any try
}

TEST_F(Retrying, APauseThatWouldEndAfterTheDeadlineIsNotBegun) {
  config_.first_backoff = milliseconds(60'000);
  config_.max_backoff = milliseconds(60'000);
  add("first", first_);
  add("second", second_);
  base::Error busy{ErrorCode::kRateLimited, "slow down"};
  busy.retry_after = milliseconds(30'000);
  first_.failures = {busy};
  second_.failures = {busy};
  const auto reply = call({}, net::CallContext{}.within(milliseconds(200)));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kRateLimited);
  EXPECT_THAT(second_.requests, SizeIs(1));
}

TEST_F(Retrying, ASlowReplicaGetsFewCalls) {
  Upstream slow;
  slow.delay = milliseconds(20);
  first_.delay = milliseconds(2);
  add("first", slow);
  add("first", first_);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(call());
  EXPECT_LE(slow.requests.size(), 5U);
}

TEST_F(Retrying, SaysWhoMakesAStreamBeforeItsFirstPieceAndOnlyOnce) {
  add("first", first_);
  add("second", second_);
  first_.failures.assign(3, {ErrorCode::kUnavailable, "down"});
  std::vector<std::size_t> heads_before_piece;
  ASSERT_TRUE(call([&](std::string_view) { heads_before_piece.push_back(heads_.size()); }));
  EXPECT_EQ(heads_before_piece, (std::vector<std::size_t>{1, 1}));
  ASSERT_THAT(heads_, SizeIs(1));
  EXPECT_EQ(heads_[0].provider, "second");
  EXPECT_EQ(heads_[0].model, "m2");
  EXPECT_EQ(heads_[0].passage.attempts, 4);
}

}  // namespace
}  // namespace tollgate::llm
