#include "llm/router/cached_provider.hpp"

#include <gtest/gtest.h>

#include "cache/memory_cache.hpp"
#include "llm/gateway/wire_facts.hpp"
#include "llm/router/cache_key.hpp"
#include "llm/router/reply_selection.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using std::chrono::seconds;

class SettableClock final : public base::Clock {
 public:
  base::Timestamp now() override { return now_; }
  base::Timestamp now_{std::chrono::hours(500'000)};
};

class Cached : public testing::Test {
 protected:
  base::Result<ChatReply> call(ChatRequest request, TextSink sink = {}) {
    if (!provider_) {
      provider_ = make_cached_provider(std::make_unique<test::ScriptedProvider>(upstream_), cache_, clock_, config_);
    }
    return fakes::run_coroutine(context_, provider_->complete({}, std::move(request), std::move(sink)));
  }
  CacheOutcome outcome(ChatRequest request) { return call(std::move(request)).value().passage.cache; }

  // Asked for as a stream, and what the model says then.
  ChatRequest streamed() {
    auto request = test::hello();
    const std::string body =
        R"({"model":"a","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}})";
    request.wire = std::make_shared<const WireRequest>(
        WireRequest{.body = body, .meaning = *body_meaning(body), .streamed = true, .wants_usage = true});
    upstream_.pieces = {
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
        "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Good day\"},\"finish_reason\":null}]}\n\n",
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
        "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],"
        "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,\"total_tokens\":12}}\n\n",
        "data: [DONE]\n\n"};
    return request;
  }

  boost::asio::io_context context_{1};
  SettableClock clock_;
  cache::MemoryCache cache_{clock_, {}};
  ReplyCacheConfig config_{};
  test::Upstream upstream_;
  std::unique_ptr<Provider> provider_;
};

TEST_F(Cached, TheSameRequestIsAnsweredFromItUntilItsTimeIsUp) {
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
  clock_.now_ += std::chrono::hours(1);
  const auto hit = call(test::hello());
  EXPECT_EQ(hit->passage.cache, CacheOutcome::kHit);
  EXPECT_EQ(hit->passage.age, std::chrono::hours(1));
  EXPECT_EQ(hit->passage.ttl, std::chrono::hours(23));
  EXPECT_EQ(hit->text, "Good day");
  EXPECT_EQ(hit->usage.input_tokens, 10);
  clock_.now_ += std::chrono::hours(23);
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
}

TEST_F(Cached, NobodyIsServedWhatAnotherTenantAsked) {
  auto other = test::hello();
  other.scope.tenant = "bob";
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
  EXPECT_EQ(outcome(other), CacheOutcome::kMiss);
  EXPECT_EQ(upstream_.requests.size(), 2U);
}

TEST_F(Cached, WishesAreHeeded) {
  ASSERT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
  auto fresh = test::hello();
  fresh.cache.read = false;
  EXPECT_EQ(outcome(fresh), CacheOutcome::kBypass);
  auto young = test::hello();
  young.cache.max_age = seconds(10);
  clock_.now_ += seconds(11);
  EXPECT_EQ(outcome(young), CacheOutcome::kMiss);
  auto only = test::hello("Never asked");
  only.cache.only = true;
  EXPECT_EQ(call(only).error().code, ErrorCode::kTimeout);
  auto unkept = test::hello("Not kept");
  unkept.cache.store = false;
  EXPECT_EQ(outcome(unkept), CacheOutcome::kMiss);
  EXPECT_EQ(outcome(unkept), CacheOutcome::kMiss);
}

TEST_F(Cached, RefusalsCutRepliesAndFailuresAreNotKept) {
  for (const auto finish : {FinishReason::kRefusal, FinishReason::kLength, FinishReason::kOther}) {
    upstream_.finish = finish;
    EXPECT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
  }
  upstream_.finish = FinishReason::kStop;
  upstream_.failures = {{ErrorCode::kUnavailable, "down"}};
  EXPECT_FALSE(call(test::hello()));
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kMiss);
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kHit);
}

TEST_F(Cached, APurgeByTagMakesItAMiss) {
  auto request = test::hello();
  request.scope.session = "s1";
  for (const char* tag : {"tenant:ann", "model:first/m1", "session:s1"}) {
    (void)outcome(request);
    ASSERT_EQ(outcome(request), CacheOutcome::kHit) << tag;
    ASSERT_TRUE(fakes::run_coroutine(context_, cache_.purge(tag)));
    EXPECT_EQ(outcome(request), CacheOutcome::kMiss) << tag;
  }
}

TEST_F(Cached, AStreamIsGivenAgainByteForByteAndAsAWholeReply) {
  const auto request = streamed();
  std::string first;
  std::string again;
  ASSERT_EQ(call(request, [&](std::string_view piece) { first += piece; })->passage.cache, CacheOutcome::kMiss);
  ASSERT_EQ(call(request, [&](std::string_view piece) { again += piece; })->passage.cache, CacheOutcome::kHit);
  EXPECT_EQ(first, again);
  auto whole = request;
  const std::string body = R"({"model":"b","messages":[{"role":"user","content":"Hi"}]})";
  whole.wire = std::make_shared<const WireRequest>(WireRequest{.body = body, .meaning = *body_meaning(body)});
  const auto reply = call(whole);
  ASSERT_EQ(reply->passage.cache, CacheOutcome::kHit);
  EXPECT_NE(reply->text.find(R"("content":"Good day")"), std::string::npos) << reply->text;
  EXPECT_EQ(upstream_.requests.size(), 1U);
}

TEST_F(Cached, SaysBeforeTheFirstPieceOfAStreamHowItTakesPart) {
  std::vector<ReplyHead> heads;
  std::vector<std::size_t> heads_before_piece;
  auto request = streamed();
  request.on_begin = [&heads](ReplyHead head) { heads.push_back(std::move(head)); };
  const auto ask = [&] { return call(request, [&](std::string_view) { heads_before_piece.push_back(heads.size()); }); };
  const auto miss = ask();
  ASSERT_TRUE(miss);
  clock_.now_ += std::chrono::hours(1);
  ASSERT_TRUE(ask());
  request.cache.read = false;
  ASSERT_TRUE(ask());
  ASSERT_EQ(heads.size(), 3U);
  EXPECT_EQ(heads[0].passage.cache, CacheOutcome::kMiss);
  EXPECT_EQ(heads[1].passage.cache, CacheOutcome::kHit);
  EXPECT_EQ(heads[1].provider, "first");
  EXPECT_EQ(heads[1].passage.age, std::chrono::hours(1));
  EXPECT_EQ(heads[1].passage.ttl, std::chrono::hours(23));
  EXPECT_EQ(heads[2].passage.cache, CacheOutcome::kBypass);
  for (const auto& head : heads) EXPECT_EQ(head.passage.cache_key, miss->passage.cache_key);
  EXPECT_EQ(heads_before_piece, (std::vector<std::size_t>{1, 1, 1, 1, 2, 3, 3, 3, 3}));
}

TEST_F(Cached, AReplyThatIsForgottenByItsKeyIsGoneAsAStreamToo) {
  const auto request = streamed();
  const auto ignore = [](std::string_view) {};
  const auto key = call(request, ignore)->passage.cache_key;
  const auto other = outcome(test::hello());
  ASSERT_EQ(call(request, ignore)->passage.cache, CacheOutcome::kHit);
  ASSERT_TRUE(fakes::run_coroutine(context_, forget(cache_, reply_of_key(key).value())));
  EXPECT_EQ(call(request, ignore)->passage.cache, CacheOutcome::kMiss);
  EXPECT_EQ(other, CacheOutcome::kMiss);
  EXPECT_EQ(outcome(test::hello()), CacheOutcome::kHit);
}

TEST(ReplySelection, WhatIsNoKeyAndNoNamespaceIsRefused) {
  EXPECT_EQ(reply_of_key("9f86").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(replies_of_namespace("ann", "").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(replies_of_namespace("ann", "a/b").error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace tollgate::llm
