#include "llm/router/single_flight_provider.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include "tests/llm/router/provider_fixture.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using std::chrono::milliseconds;

const auto kKey = base::Sha256::of("key");

class SingleFlight : public testing::Test {
 protected:
  // Starts a call; its result is written when it is over.
  void start(std::optional<base::Result<ChatReply>>& result, std::string* heard = nullptr,
             asio::cancellation_signal* cancel = nullptr, BeginObserver on_begin = {}) {
    auto request = test::hello();
    request.cache_key = kKey;
    request.may_share_call = true;
    request.on_begin = std::move(on_begin);
    TextSink sink;
    if (heard) sink = [heard](std::string_view piece) { *heard += piece; };
    auto done = [&result](const std::exception_ptr&, base::Result<ChatReply> reply) { result = std::move(reply); };
    auto call = test::call_of(*provider_, std::move(request), std::move(sink));
    if (cancel) {
      asio::co_spawn(context_, std::move(call), asio::bind_cancellation_slot(cancel->slot(), done));
    } else {
      asio::co_spawn(context_, std::move(call), done);
    }
  }

  asio::io_context context_{1};
  test::Upstream upstream_{.delay = milliseconds(5)};
  Flights flights_;
  net::TaskScope scope_{context_.get_executor(), {}};
  std::unique_ptr<Provider> provider_ = make_single_flight_provider(std::make_unique<test::ScriptedProvider>(upstream_),
                                                                    flights_, scope_, WhenAbandoned::kCancel);
};

TEST_F(SingleFlight, AThousandAtOnceMakeOneCallAndGetTheSameReply) {
  std::vector<std::optional<base::Result<ChatReply>>> results(1'000);
  std::vector<std::string> heard(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) start(results[i], &heard[i]);
  context_.run();
  EXPECT_EQ(upstream_.requests.size(), 1U);
  int coalesced = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i] && *results[i]);
    EXPECT_EQ((*results[i])->text, "Good day");
    EXPECT_EQ(heard[i], "Good day");
    if ((*results[i])->passage.cache == CacheOutcome::kCoalesced) ++coalesced;
  }
  EXPECT_EQ(coalesced, 999);
  EXPECT_EQ(flights_.under_way(), 0U);
}

TEST_F(SingleFlight, TheFirstOnesCancellationTakesNothingFromTheOthers) {
  std::optional<base::Result<ChatReply>> first;
  std::optional<base::Result<ChatReply>> second;
  asio::cancellation_signal cancel;
  start(first, nullptr, &cancel);
  start(second);
  while (upstream_.requests.empty()) context_.run_one();
  cancel.emit(asio::cancellation_type::terminal);
  context_.run();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(upstream_.requests.size(), 1U);
  EXPECT_EQ(upstream_.cancelled, 0U);
}

TEST_F(SingleFlight, ACallThatNobodyWaitsForIsCancelled) {
  upstream_.delay = std::chrono::hours(1);
  std::optional<base::Result<ChatReply>> first;
  asio::cancellation_signal cancel;
  start(first, nullptr, &cancel);
  while (upstream_.requests.empty()) context_.run_one();
  cancel.emit(asio::cancellation_type::terminal);
  context_.run();
  EXPECT_EQ(upstream_.cancelled, 1U);
  EXPECT_EQ(flights_.under_way(), 0U);
}

TEST_F(SingleFlight, AFailureThatMayPassIsTriedOnceMoreForAllTheOthers) {
  upstream_.failures = {{ErrorCode::kUnavailable, "down"}};
  std::vector<std::optional<base::Result<ChatReply>>> results(10);
  for (auto& result : results) start(result);
  context_.run();
  EXPECT_EQ(upstream_.requests.size(), 2U);
  EXPECT_FALSE(*results.front());
  for (std::size_t i = 1; i < results.size(); ++i) EXPECT_TRUE(*results[i]);
}

TEST_F(SingleFlight, AWrongRequestFailsForAllAtOnce) {
  upstream_.failures = {{ErrorCode::kInvalidArgument, "wrong"}, {ErrorCode::kInvalidArgument, "wrong"}};
  std::vector<std::optional<base::Result<ChatReply>>> results(10);
  for (auto& result : results) start(result);
  context_.run();
  EXPECT_EQ(upstream_.requests.size(), 1U);
}

TEST_F(SingleFlight, WhoJoinsLateHearsWhatCameBefore) {
  std::optional<base::Result<ChatReply>> first;
  std::optional<base::Result<ChatReply>> second;
  std::string heard_first;
  std::string heard_second;
  auto joined = flights_.join(std::string(kKey.view()));
  joined.flight->add("Good ");
  start(first, &heard_first);
  context_.poll();
  joined.flight->add("day");
  start(second, &heard_second);
  context_.restart();
  context_.poll();
  flights_.land(std::string(kKey.view()), joined.flight);
  joined.flight->end(ChatReply{.text = "Good day"});
  context_.restart();
  context_.run();
  EXPECT_EQ(heard_first, "Good day");
  EXPECT_EQ(heard_second, "Good day");
  EXPECT_TRUE(upstream_.requests.empty());
}

TEST_F(SingleFlight, EachHearsHowTheStreamComesAboutBeforeItsFirstPiece) {
  std::vector<std::optional<base::Result<ChatReply>>> results(3);
  std::vector<std::string> heard(results.size());
  std::vector<CacheOutcome> outcomes;
  for (std::size_t i = 0; i < results.size(); ++i) {
    start(results[i], &heard[i], nullptr, [&outcomes, &text = heard[i]](const ReplyHead& head) {
      EXPECT_EQ(text, "");
      EXPECT_EQ(head.provider, "scripted");
      outcomes.push_back(head.passage.cache);
    });
  }
  context_.run();
  EXPECT_EQ(outcomes, (std::vector{CacheOutcome::kBypass, CacheOutcome::kCoalesced, CacheOutcome::kCoalesced}));
}

TEST_F(SingleFlight, ABudgetThatIsUsedUpIsTheFirstOnesOnly) {
  upstream_.failures = {{ErrorCode::kOutOfCredit, "the budget of the first one"}};
  std::vector<std::optional<base::Result<ChatReply>>> results(2);
  for (auto& result : results) start(result);
  context_.run();
  EXPECT_FALSE(*results[0]);
  EXPECT_TRUE(*results[1]);
}

}  // namespace
}  // namespace tollgate::llm
