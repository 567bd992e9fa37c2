#include "llm/structured_call.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "llm/schema_builder.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using testing::HasSubstr;
using testing::SizeIs;

class StructuredCall : public testing::Test {
 protected:
  base::Result<StructuredReply> call() {
    ChatRequest request{.model = "small", .messages = {{Role::kUser, "{}"}}};
    request.reply_schema = ReplySchema{"answer", object_schema({{"score", integer_schema(0, 10)}})};
    return fakes::run_coroutine(context_, structured_call(provider_, {}, std::move(request)));
  }

  boost::asio::io_context context_{1};
  fakes::FakeProvider provider_{context_.get_executor()};
};

TEST_F(StructuredCall, ReadsAReplyThatFits) {
  provider_.texts = {R"(Here it is: {"score": 7})"};
  const auto reply = call();
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->value["score"], base::Value(7));
  EXPECT_EQ(reply->calls, 1);
  EXPECT_EQ(reply->model, "fake/small");
}

TEST_F(StructuredCall, ShowsTheModelWhatIsWrongOnce) {
  provider_.texts = {R"({"score": 11})", R"({"score": 10})"};
  const auto reply = call();
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->calls, 2);
  EXPECT_EQ(reply->usage.input_tokens, 200);
  const auto& messages = provider_.requests[1].messages;
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[1].role, Role::kAssistant);
  EXPECT_EQ(messages[1].content, R"({"score": 11})");
  EXPECT_THAT(messages[2].content, HasSubstr("/score: 11 is more than the maximum 10"));
}

TEST_F(StructuredCall, GivesUpAfterTheSecondBadReply) {
  provider_.texts = {"no", R"({"scores": 1})", R"({"score": 1})"};
  const auto reply = call();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
  EXPECT_THAT(reply.error().message, HasSubstr("small"));
  EXPECT_THAT(provider_.requests, SizeIs(2));
}

TEST_F(StructuredCall, NeverSendsAnEmptyMessage) {
  provider_.texts = {" \n", R"({"score": 1})"};
  ASSERT_TRUE(call());
  for (const auto& message : provider_.requests[1].messages) EXPECT_FALSE(message.content.empty());
}

TEST_F(StructuredCall, DoesNotRepairARefusalOrACutReply) {
  for (const auto finish : {FinishReason::kRefusal, FinishReason::kLength}) {
    provider_.requests.clear();
    provider_.texts = {R"({"score": 1})"};
    provider_.finishes = {finish};
    const auto reply = call();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
    EXPECT_THAT(provider_.requests, SizeIs(1));
  }
}

TEST_F(StructuredCall, PassesOnTheProvidersError) {
  provider_.failures = {{ErrorCode::kRateLimited, "slow down"}};
  EXPECT_EQ(call().error().code, ErrorCode::kRateLimited);
}

TEST_F(StructuredCall, QuotesNoMoreThanABoundOfABadReply) {
  provider_.texts = {std::string(100'000, 'x'), R"({"score": 1})"};
  ASSERT_TRUE(call());
  EXPECT_LT(provider_.requests[1].messages[1].content.size(), 8'100U);
}

}  // namespace
}  // namespace tollgate::llm
