// The simulator and the provider clients, against each other over a socket.
#include "sim/simulator.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "llm/anthropic_provider.hpp"
#include "llm/ollama_provider.hpp"
#include "llm/openai_provider.hpp"
#include "llm/reply_json.hpp"
#include "net/http_client.hpp"
#include "net/task_scope.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::sim {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using namespace std::chrono_literals;

const base::Value kSchema = base::parse_json(R"({"type":"object","additionalProperties":false,
  "required":["score","issues"],"properties":{
    "score":{"type":"integer","minimum":0,"maximum":10},
    "issues":{"type":"array","maxItems":3,"items":{"type":"string","maxLength":120}}}})")
                                .value();

llm::ChatRequest request(std::string text, std::optional<base::Value> schema = {}) {
  llm::ChatRequest chat;
  chat.model = "sim-fast";
  chat.system = "You assess answers.";
  chat.messages = {{llm::Role::kUser, std::move(text)}};
  if (schema) chat.reply_schema = llm::ReplySchema{"verdict", *std::move(schema)};
  return chat;
}

asio::awaitable<void> count_success(llm::Provider& provider, int number, int& successes) {
  const auto reply = co_await provider.complete({}, request(fmt::format("question {}", number)), {});
  if (reply) ++successes;
}

class SimulatorTest : public ::testing::Test {
 protected:
  void start(SimulatorConfig config = {}) {
    config.on_request = [this](const RequestRecord& record) { log_.push_back(record); };
    simulator_ = *make_simulator(context_.get_executor(), std::move(config));
  }
  ~SimulatorTest() override {
    simulator_->stop();
    EXPECT_TRUE(fakes::run_coroutine(context_, simulator_->join(std::chrono::steady_clock::now() + 5s)).has_value());
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", simulator_->port()); }

  // Every client, in every way it can ask for a schema.
  std::vector<std::unique_ptr<llm::Provider>> providers(const std::string& key = "k") {
    using llm::openai::JsonReplies;
    std::vector<std::unique_ptr<llm::Provider>> all;
    all.push_back(llm::make_anthropic_provider(*client_, {key, url()}));
    all.push_back(llm::make_anthropic_provider(*client_, {key, url(), llm::anthropic::JsonReplies::kToolCall}));
    all.push_back(llm::make_openai_provider(*client_, {key, url()}));
    all.push_back(llm::make_openai_provider(
        *client_, {key, url() + "/v1", {JsonReplies::kJsonObject, llm::openai::TokenLimit::kMaxTokens}}));
    all.push_back(llm::make_ollama_provider(*client_, {url()}));
    return all;
  }

  base::Result<llm::ChatReply> complete(llm::Provider& provider, llm::ChatRequest chat, llm::TextSink on_text = {},
                                        net::CallContext context = {}) {
    return fakes::run_coroutine(context_, provider.complete(std::move(context), std::move(chat), std::move(on_text)));
  }

  base::Result<net::HttpResponse> get(std::string_view path) {
    return fakes::run_coroutine(context_, client_->send({}, {net::HttpMethod::kGet, fmt::format("{}{}", url(), path)}));
  }

  asio::io_context context_{1};
  std::unique_ptr<net::HttpClient> client_ = *net::make_http_client(context_.get_executor(), {});
  std::unique_ptr<Simulator> simulator_;
  std::vector<RequestRecord> log_;
};

TEST_F(SimulatorTest, EveryClientGetsAReplyThatFitsItsSchema) {
  start();
  for (const auto& provider : providers()) {
    const auto reply = complete(*provider, request("Judge: 42 tickets a day.", kSchema));
    ASSERT_TRUE(reply.has_value()) << reply.error().message << reply.error().detail;
    const auto value = llm::extract_json(reply->text);
    ASSERT_TRUE(value.has_value()) << reply->text;
    const auto fits = base::validate(*value, kSchema);
    EXPECT_TRUE(fits.has_value()) << fits.error().message;
    EXPECT_EQ(reply->finish, llm::FinishReason::kStop);
    EXPECT_GT(reply->usage.input_tokens, 10);
    EXPECT_GT(reply->usage.output_tokens, 1);
    EXPECT_EQ(reply->model, "sim-fast");
  }
}

TEST_F(SimulatorTest, AStreamedReplyIsTheSameAsAWholeOne) {
  start();
  for (const auto& provider : providers()) {
    for (const auto& chat : {request("Tell me more."), request("Judge this.", kSchema)}) {
      std::string heard;
      const auto whole = complete(*provider, chat);
      const auto streamed = complete(*provider, chat, [&](std::string_view piece) { heard += piece; });
      ASSERT_TRUE(whole.has_value() && streamed.has_value()) << provider->name();
      EXPECT_EQ(streamed->text, whole->text);
      EXPECT_EQ(heard, whole->text);
      EXPECT_EQ(streamed->finish, whole->finish);
      EXPECT_EQ(streamed->usage.input_tokens, whole->usage.input_tokens);
      EXPECT_EQ(streamed->usage.output_tokens, whole->usage.output_tokens);
    }
  }
}

TEST_F(SimulatorTest, TokensCanComeOneByOne) {
  SimulatorConfig config;
  config.token_interval = 10us;
  start(config);
  int pieces = 0;
  const auto provider = std::move(providers().front());
  const auto reply = complete(*provider, request("Tell me."), [&](std::string_view) { ++pieces; });
  ASSERT_TRUE(reply.has_value());
  EXPECT_GE(pieces, static_cast<int>(reply->text.size() / 4));
}

TEST_F(SimulatorTest, TheLogCountsCallsAndShowsWhichWereTheSame) {
  start();
  const auto provider = std::move(providers().front());
  complete(*provider, request("one"), {}, {net::Deadline::max(), "corr-1"});
  complete(*provider, request("one"));
  complete(*provider, request("two"));
  ASSERT_EQ(log_.size(), 3U);
  EXPECT_EQ(log_[0].path, "/v1/messages");
  EXPECT_EQ(log_[0].model, "sim-fast");
  EXPECT_EQ(log_[0].status, 200);
  EXPECT_EQ(log_[0].correlation_id, "corr-1");
  EXPECT_EQ(log_[0].body, log_[1].body);
  EXPECT_NE(log_[1].body, log_[2].body);
}

TEST_F(SimulatorTest, AsksForTheRequiredKey) {
  SimulatorConfig config;
  config.required_key = "right";
  start(config);
  EXPECT_TRUE(complete(*providers("right")[0], request("x")).has_value());
  EXPECT_TRUE(complete(*providers("right")[2], request("x")).has_value());
  for (const std::size_t i : {0U, 2U}) {
    const auto reply = complete(*providers("wrong")[i], request("x"));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ((reply.error().message + reply.error().detail).find("wrong"), std::string::npos);
  }
}

struct FaultCase {
  Fault fault;
  ErrorCode expected;
};

class SimulatorFaultTest : public SimulatorTest, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(SimulatorFaultTest, EveryFaultBecomesItsErrorInEveryClientStreamedOrNot) {
  SimulatorConfig config;
  config.error_rate = 1;
  config.faults = {GetParam().fault};
  start(config);
  for (const auto& provider : providers()) {
    for (const auto& sink : {llm::TextSink{}, llm::TextSink{[](std::string_view) {}}}) {
      const auto limit = GetParam().fault == Fault::kStall ? 20ms : 5000ms;
      const auto reply = complete(*provider, request("x"), sink, net::CallContext{}.within(limit));
      ASSERT_FALSE(reply.has_value()) << provider->name();
      EXPECT_EQ(reply.error().code, GetParam().expected) << reply.error().message << " " << reply.error().detail;
      EXPECT_TRUE(base::is_retryable(reply.error().code));
      if (GetParam().fault == Fault::kRateLimited) EXPECT_EQ(reply.error().retry_after, 1000ms);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, SimulatorFaultTest,
                         ::testing::Values(FaultCase{Fault::kRateLimited, ErrorCode::kRateLimited},
                                           FaultCase{Fault::kServerError, ErrorCode::kUnavailable},
                                           FaultCase{Fault::kOverloaded, ErrorCode::kUnavailable},
                                           FaultCase{Fault::kReset, ErrorCode::kUnavailable},
                                           FaultCase{Fault::kStall, ErrorCode::kTimeout},
                                           FaultCase{Fault::kHalf, ErrorCode::kBadReply},
                                           FaultCase{Fault::kGarbage, ErrorCode::kBadReply}),
                         [](const auto& each) {
                           const auto text = std::string(name(each.param.fault));
                           return "Fault" + text;
                         });

TEST_F(SimulatorTest, FailsTheSetShareOfRequests) {
  SimulatorConfig config;
  config.error_rate = 0.3;
  config.faults = {Fault::kServerError};
  start(config);
  const auto provider = std::move(providers().front());
  int failures = 0;
  for (int i = 0; i < 300; ++i) failures += complete(*provider, request("same")).has_value() ? 0 : 1;
  EXPECT_NEAR(failures, 90, 30);
}

TEST_F(SimulatorTest, ServesManyAtOnce) {
  SimulatorConfig config;
  config.latency = Latency::parse("uniform:0,5").value();
  start(config);
  const auto provider = std::move(providers().front());
  net::TaskScope scope(context_.get_executor(), {});
  int successes = 0;
  for (int i = 0; i < 200; ++i) scope.spawn("call", count_success(*provider, i, successes));
  EXPECT_TRUE(fakes::run_coroutine(context_, scope.join(std::chrono::steady_clock::now() + 10s)).has_value());
  EXPECT_EQ(successes, 200);
}

TEST_F(SimulatorTest, ListsModelsAndRefusesWhatIsWrong) {
  start();
  EXPECT_NE(get("/v1/models")->body.find("sim-fast"), std::string::npos);
  EXPECT_NE(get("/api/tags")->body.find("sim-fast"), std::string::npos);
  EXPECT_EQ(get("/health")->head.status, 200);
  EXPECT_EQ(get("/nowhere")->head.status, 404);
  const auto post = [&](std::string body) {
    return fakes::run_coroutine(
        context_, client_->send({}, {net::HttpMethod::kPost, url() + "/v1/messages", {}, std::move(body)}));
  };
  EXPECT_EQ(post("{")->head.status, 400);
  EXPECT_EQ(post("{}")->head.status, 400);
  EXPECT_EQ(post(R"({"model":"m"})")->head.status, 400);
}

TEST_F(SimulatorTest, ATakenPortIsAnErrorThatNamesTheFlag) {
  start();
  SimulatorConfig config;
  config.port = simulator_->port();
  const auto second = make_simulator(context_.get_executor(), config);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("--port"), std::string::npos);
}

TEST_F(SimulatorTest, StopEndsOpenRequestsAtOnce) {
  SimulatorConfig config;
  config.latency = Latency::parse("fixed:60000").value();
  start(config);
  const auto provider = std::move(providers().front());
  net::TaskScope scope(context_.get_executor(), {});
  int successes = 0;
  scope.spawn("call", count_success(*provider, 1, successes));
  for (int i = 0; i < 20; ++i) context_.poll();
  simulator_->stop();
  EXPECT_TRUE(fakes::run_coroutine(context_, scope.join(std::chrono::steady_clock::now() + 5s)).has_value());
  EXPECT_EQ(successes, 0);
}

}  // namespace
}  // namespace tollgate::sim
