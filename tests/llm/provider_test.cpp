#include "llm/provider.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "llm/anthropic_provider.hpp"
#include "llm/gateway/wire_error.hpp"
#include "llm/http_provider.hpp"
#include "llm/ollama_provider.hpp"
#include "llm/openai_provider.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/fakes/scripted_server.hpp"
#include "tests/llm/wire_samples.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using fakes::http_reply;
using fakes::ScriptedServer;
using namespace std::chrono_literals;

constexpr std::string_view kCanary = "sk-canary-0123456789";

class ProviderTest : public ::testing::Test {
 protected:
  std::unique_ptr<Provider> anthropic(const ScriptedServer& server) {
    return make_anthropic_provider(*client_, {std::string(kCanary), url(server)});
  }
  std::unique_ptr<Provider> openai(const ScriptedServer& server) {
    return make_openai_provider(*client_, {std::string(kCanary), url(server) + "/v1"});
  }
  std::unique_ptr<Provider> ollama(const ScriptedServer& server) {
    return make_ollama_provider(*client_, {fmt::format("127.0.0.1:{}", server.port())});
  }
  static std::string url(const ScriptedServer& server) { return fmt::format("http://127.0.0.1:{}", server.port()); }

  base::Result<ChatReply> complete(Provider& provider, TextSink on_text = {}) {
    return fakes::run_coroutine(context_,
                                provider.complete({net::Deadline::max(), "corr-1"}, sample_request(), on_text));
  }

  base::Result<ChatReply> pass_on(Provider& provider, ChatRequest request, TextSink on_text = {}) {
    return fakes::run_coroutine(
        context_, provider.complete({net::Deadline::max(), "corr-1"}, std::move(request), std::move(on_text)));
  }

  asio::io_context context_{1};
  std::unique_ptr<net::HttpClient> client_ = *net::make_http_client(context_.get_executor(), {});
};

TEST_F(ProviderTest, SendsTheKeyWhereEachServiceWantsItAndTheCorrelationId) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(500, ""), http_reply(500, ""), http_reply(500, "")}}});
  complete(*anthropic(server));
  complete(*openai(server));
  complete(*ollama(server));
  const auto& requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_TRUE(requests[0].starts_with("POST /v1/messages "));
  EXPECT_NE(requests[0].find(fmt::format("x-api-key: {}\r\n", kCanary)), std::string::npos);
  EXPECT_NE(requests[0].find("anthropic-version: 2023-06-01\r\n"), std::string::npos);
  EXPECT_TRUE(requests[1].starts_with("POST /v1/chat/completions "));
  EXPECT_NE(requests[1].find(fmt::format("Authorization: Bearer {}\r\n", kCanary)), std::string::npos);
  EXPECT_TRUE(requests[2].starts_with("POST /api/chat "));
  for (const auto& request : requests) EXPECT_NE(request.find("X-Request-ID: corr-1\r\n"), std::string::npos);
}

TEST_F(ProviderTest, FillsInWhereTheReplyCameFrom) {
  ScriptedServer server(
      context_.get_executor(),
      {{{http_reply(200, R"({"content":[{"type":"text","text":"Hi"}],"model":"m-2","stop_reason":"end_turn"})",
                    "request-id: req_9\r\n")}}});
  const auto provider = anthropic(server);
  const auto reply = complete(*provider);
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->provider, "anthropic");
  EXPECT_EQ(reply->model, "m-2");
  EXPECT_EQ(reply->request_id, "req_9");
}

TEST_F(ProviderTest, KeepsTheTimeToComeBack) {
  ScriptedServer server(
      context_.get_executor(),
      {{{http_reply(429, "{}", "Retry-After: 7\r\n"), http_reply(529, "{}", "retry-after-ms: 250\r\n"),
         http_reply(503, "{}", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:00 GMT\r\n"),
         http_reply(529, "{}", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n"),
         http_reply(529, "{}", "Retry-After: -1\r\n")}}});
  const auto provider = anthropic(server);
  const auto first = complete(*provider);
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(first.error().retry_after, 7000ms);
  EXPECT_EQ(complete(*provider).error().retry_after, 250ms);
  EXPECT_EQ(complete(*provider).error().retry_after, 23'000ms);
  EXPECT_EQ(complete(*provider).error().retry_after, std::nullopt);
  EXPECT_EQ(complete(*provider).error().retry_after, std::nullopt);
}

TEST_F(ProviderTest, ReadsAnErrorThatAnswersAStreamedRequest) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(400, R"({"error":{"message":"bad schema"}})")}}});
  const auto provider = openai(server);
  std::string heard;
  const auto reply = complete(*provider, [&](std::string_view piece) { heard += piece; });
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(reply.error().detail.find("bad schema"), std::string::npos);
  EXPECT_EQ(heard, "");
}

TEST_F(ProviderTest, AnswersThatAreNotTheProvidersAreBadReplies) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "<html>welcome</html>")}}});
  const auto provider = openai(server);
  const auto reply = complete(*provider);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
}

// Every way to fail, with a server that quotes the key wherever it can.
TEST_F(ProviderTest, NoErrorEverHoldsTheKey) {
  const std::string quoting =
      fmt::format(R"({{"error":{{"message":"bad key {0}","type":"{0}","code":"{0}"}}}})", kCanary);
  std::vector<std::string> replies;
  for (const int status : {400, 401, 403, 404, 413, 429, 500, 529}) replies.push_back(http_reply(status, quoting));
  replies.push_back(http_reply(200, quoting));
  replies.push_back(http_reply(200, fmt::format("data: {}\n\n", quoting)));
  replies.push_back(http_reply(200, std::string(kCanary)));
  replies.push_back(fmt::format("HTTP/1.1 {}\r\n\r\n", kCanary));
  for (const auto& answer : replies) {
    ScriptedServer server(context_.get_executor(), {{{answer}}});
    for (const auto& provider : {anthropic(server), openai(server)}) {
      for (const TextSink& sink : {TextSink{}, TextSink{[](std::string_view) {}}}) {
        const auto reply = complete(*provider, sink);
        ASSERT_FALSE(reply.has_value()) << answer;
        const auto all = reply.error().message + reply.error().detail;
        EXPECT_EQ(all.find(kCanary), std::string::npos) << all;
      }
    }
  }
}

ChatRequest wire_request(WireFormat format, std::string body, bool streamed = false,
                         std::vector<net::HttpHeader> headers = {}) {
  ChatRequest request;
  request.task = Task::kGateway;
  request.model = "m-2";
  request.wire =
      std::make_shared<const WireRequest>(WireRequest{format, std::move(body), {}, streamed, std::move(headers)});
  return request;
}

TEST_F(ProviderTest, PassesAClientsRequestAndTheReplyOnAsTheyAre) {
  const std::string body = R"({"model":"x","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}], "z":1.50})";
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, body, "x-request-id: req_7\r\n")}}});
  const auto provider = openai(server);
  const auto reply = pass_on(*provider, wire_request(WireFormat::kOpenAi, R"({ "model":"a","messages":[1]})"));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->text, body);
  EXPECT_EQ(reply->provider, "openai");
  EXPECT_EQ(reply->request_id, "req_7");
  EXPECT_TRUE(server.requests()[0].ends_with(R"({ "model":"m-2","messages":[1]})")) << server.requests()[0];
  EXPECT_NE(server.requests()[0].find(fmt::format("Authorization: Bearer {}\r\n", kCanary)), std::string::npos);
}

TEST_F(ProviderTest, PassesAStreamOnAsItArrivesWithTheDoneThatItLacks) {
  const std::string stream = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, stream), http_reply(200, stream)}}});
  const auto provider = ollama(server);
  const auto request = wire_request(WireFormat::kOpenAi, R"({"model":"a","messages":[1],"stream":true})", true);
  std::string heard;
  const auto reply = pass_on(*provider, request, [&](std::string_view frame) { heard += frame; });
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(heard, stream + "data: [DONE]\n\n");
  EXPECT_EQ(reply->text, heard);
  EXPECT_TRUE(server.requests()[0].starts_with("POST /v1/chat/completions "));
  EXPECT_EQ(pass_on(*provider, request)->text, heard);  // nobody listens
}

TEST_F(ProviderTest, TheClientsVersionAndTrialsReachAnthropicAndNoOtherHeader) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(500, ""), http_reply(500, "")}}});
  const auto provider = anthropic(server);
  const std::string body = R"({"model":"a","messages":[1],"max_tokens":5})";
  pass_on(*provider,
          wire_request(WireFormat::kAnthropic, body, false,
                       {{"Anthropic-Version", "2024-01-01"}, {"anthropic-beta", "b1,b2"}, {"x-api-key", "theirs"}}));
  pass_on(*provider, wire_request(WireFormat::kAnthropic, body));
  const auto& requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with("POST /v1/messages "));
  EXPECT_NE(requests[0].find("Anthropic-Version: 2024-01-01\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("anthropic-beta: b1,b2\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find(fmt::format("x-api-key: {}\r\n", kCanary)), std::string::npos);
  EXPECT_EQ(requests[0].find("theirs"), std::string::npos);
  EXPECT_EQ(requests[0].find("2023-06-01"), std::string::npos);
  EXPECT_NE(requests[1].find("anthropic-version: 2023-06-01\r\n"), std::string::npos);
}

TEST_F(ProviderTest, AnErrorThatAnswersAClientsRequestKeepsTheProvidersWords) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(400, R"({"error":{"message":"bad schema"}})"),
                                                    http_reply(400, R"({"error":{"message":"bad schema"}})")}}});
  for (const bool streamed : {false, true}) {
    const auto provider = ollama(server);
    const auto reply =
        pass_on(*provider, wire_request(WireFormat::kOpenAi, R"({"model":"a","messages":[1]})", streamed));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(write_wire_error(WireFormat::kOpenAi, reply.error(), "r").find("bad schema"), std::string::npos);
  }
}

TEST_F(ProviderTest, ARequestThatCannotBeWrittenIsNotSent) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(500, "")}}});
  const auto provider = openai(server);
  EXPECT_EQ(pass_on(*provider, wire_request(WireFormat::kOpenAi, "{}")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(ProviderTest, AKeyOfOneLetterLeavesMessagesAlone) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(500, R"({"error":{"message":"broken disk"}})")}}});
  const auto provider = make_openai_provider(*client_, {"k", url(server)});
  const auto reply = complete(*provider);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().detail, "status 500: broken disk");
}

}  // namespace
}  // namespace tollgate::llm
