#include "net/http_client.hpp"

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/task_scope.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/fakes/scripted_server.hpp"

namespace tollgate::net {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using fakes::Ending;
using fakes::http_reply;
using fakes::Script;
using fakes::ScriptedServer;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

asio::awaitable<void> keep_result(HttpClient& client, HttpRequest request, base::Result<HttpResponse>& result) {
  result = co_await client.send({}, std::move(request));
}

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClient& client(HttpClientConfig config = {}) {
    client_ = *make_http_client(context_.get_executor(), std::move(config));
    return *client_;
  }
  HttpRequest post(const ScriptedServer& server, std::string body = "{}") {
    return {HttpMethod::kPost,
            fmt::format("http://127.0.0.1:{}/v1?token=hunter2", server.port()),
            {{"Authorization", "Bearer hunter2"}},
            std::move(body)};
  }
  base::Result<HttpResponse> send(HttpClient& client, HttpRequest request, CallContext call = {}) {
    return fakes::run_coroutine(context_, client.send(std::move(call), std::move(request)));
  }
  static CallContext within(std::chrono::milliseconds limit) { return CallContext{}.within(limit); }

  asio::io_context context_{1};
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, SendsARequestAndReturnsTheReply) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(201, "made", "Request-Id: r1\r\n")}}});
  const auto reply = send(client(), post(server, "body"), {Deadline::max(), "corr-7"});
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->head.status, 201);
  EXPECT_EQ(header(reply->head, "request-id"), "r1");
  EXPECT_EQ(reply->body, "made");
  const auto& request = server.requests().at(0);
  EXPECT_NE(request.find("POST /v1?token=hunter2 HTTP/1.1"), std::string::npos);
  EXPECT_NE(request.find("X-Request-ID: corr-7"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\nbody"));
}

TEST_F(HttpClientTest, UsesOneConnectionForRequestsInARow) {
  ScriptedServer server(context_.get_executor(),
                        {{{http_reply(200, "a"), http_reply(500, "b"), http_reply(200, "c")}}});
  auto& http = client();
  std::string bodies;
  for (int i = 0; i < 3; ++i) bodies += send(http, post(server))->body;
  EXPECT_EQ(bodies, "abc");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClientTest, ObeysConnectionClose) {
  ScriptedServer server(context_.get_executor(),
                        {{{http_reply(200, "a", "Connection: close\r\n"), http_reply(200, "b")}}});
  auto& http = client();
  EXPECT_TRUE(send(http, post(server)).has_value());
  EXPECT_TRUE(send(http, post(server)).has_value());
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClientTest, DropsAKeptConnectionThatIsTooOld) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "a"), http_reply(200, "b")}}});
  HttpClientConfig config;
  config.keep_alive = 0ms;
  auto& http = client(config);
  EXPECT_TRUE(send(http, post(server)).has_value());
  EXPECT_TRUE(send(http, post(server)).has_value());
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClientTest, ReplacesAKeptConnectionTheServerClosedOnReceivingTheRequest) {
  // The first connection swallows the second request and closes without a byte.
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "a"), ""}}, {{http_reply(200, "b")}}});
  auto& http = client();
  EXPECT_EQ(send(http, post(server))->body, "a");
  const auto second = send(http, post(server));
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(second->body, "b");
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClientTest, DoesNotRepeatARequestWhoseReplyHadBegun) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "a"), "HTTP/1.1 200 OK\r\nContent-Le"}}});
  auto& http = client();
  EXPECT_EQ(send(http, post(server))->body, "a");
  EXPECT_FALSE(send(http, post(server)).has_value());
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(HttpClientTest, DoesNotRepeatARequestOnANewConnection) {
  ScriptedServer server(context_.get_executor(), {{{""}}});
  const auto reply = send(client(), post(server));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(HttpClientTest, StreamsChunksAsTheyArrive) {
  ScriptedServer server(context_.get_executor(), {{{kChunkedHead + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}}});
  std::string body;
  int status = 0;
  const BodySink sink = [&](const HttpHead& head, std::string_view chunk) {
    status = head.status;
    body += chunk;
    return base::Status{};
  };
  const auto head = fakes::run_coroutine(context_, client().stream({}, post(server), sink));
  ASSERT_TRUE(head.has_value()) << head.error().message;
  EXPECT_EQ(status, 200);
  EXPECT_EQ(body, "abcde");
}

TEST_F(HttpClientTest, ReadsABodyThatEndsWithItsConnection) {
  ScriptedServer server(context_.get_executor(), {{{"HTTP/1.1 200 OK\r\n\r\nto the end"}}});
  const auto reply = send(client(), post(server));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->body, "to the end");
}

TEST_F(HttpClientTest, AnErrorOfTheSinkEndsTheCallAndItsConnection) {
  ScriptedServer server(context_.get_executor(), {{{kChunkedHead + "3\r\nabc\r\n"}, Ending::kHold}});
  auto& http = client();
  const BodySink sink = [](const HttpHead&, std::string_view) { return base::fail(ErrorCode::kBadReply, "enough"); };
  const auto head = fakes::run_coroutine(context_, http.stream({}, post(server), sink));
  ASSERT_FALSE(head.has_value());
  EXPECT_EQ(head.error().message, "enough");
}

TEST_F(HttpClientTest, PassesOver100Continue) {
  ScriptedServer server(context_.get_executor(), {{{"HTTP/1.1 100 Continue\r\n\r\n" + http_reply(200, "real")}}});
  const auto reply = send(client(), post(server));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->body, "real");
}

TEST_F(HttpClientTest, AReplyCutInTheMiddleIsABadReply) {
  ScriptedServer server(context_.get_executor(), {{{kChunkedHead + "5\r\nab"}}});
  const auto reply = send(client(), post(server));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
}

TEST_F(HttpClientTest, WhatIsNotHttpIsABadReply) {
  ScriptedServer server(context_.get_executor(), {{{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}}});
  const auto reply = send(client(), post(server));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kBadReply);
}

TEST_F(HttpClientTest, BoundsBodyAndHeaders) {
  HttpClientConfig config;
  config.max_body_bytes = 8;
  config.max_header_bytes = 512;
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "123456789")}},
                                                  {{kChunkedHead + "5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n"}},
                                                  {{http_reply(200, "", "X: " + std::string(600, 'x') + "\r\n")}}});
  auto& http = client(config);
  for (const auto* limit : {"larger than 8 bytes", "larger than 8 bytes", "headers of 127.0.0.1"}) {
    const auto reply = send(http, post(server));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::kTooLarge) << reply.error().detail;
    EXPECT_NE(reply.error().message.find(limit), std::string::npos) << reply.error().message;
  }
}

TEST_F(HttpClientTest, ASilentServerMeetsTheFirstByteTimeout) {
  ScriptedServer server(context_.get_executor(), {{{""}, Ending::kHold}});
  HttpClientConfig config;
  config.first_byte_timeout = 5ms;
  const auto reply = send(client(config), post(server));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kTimeout);
  EXPECT_NE(reply.error().message.find("within 0.005 s"), std::string::npos) << reply.error().message;
}

TEST_F(HttpClientTest, AStallInsideTheBodyMeetsTheIdleTimeout) {
  ScriptedServer server(context_.get_executor(), {{{kChunkedHead + "5\r\nab"}, Ending::kHold}});
  HttpClientConfig config;
  config.idle_timeout = 5ms;
  const auto reply = send(client(config), post(server));
  ASSERT_FALSE(reply.has_value());
  EXPECT_NE(reply.error().message.find("http_idle_timeout_seconds"), std::string::npos) << reply.error().message;
}

TEST_F(HttpClientTest, TheDeadlineWinsOverLongerTimeouts) {
  ScriptedServer server(context_.get_executor(), {{{""}, Ending::kHold}});
  const auto reply = send(client(), post(server), within(5ms));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kTimeout);
  EXPECT_NE(reply.error().message.find("deadline"), std::string::npos) << reply.error().message;
}

TEST_F(HttpClientTest, CallsBeyondTheBoundWaitForAConnectionUnderTheirDeadline) {
  ScriptedServer server(context_.get_executor(), {{{""}, Ending::kHold}});
  HttpClientConfig config;
  config.max_connections_per_origin = 1;
  auto& http = client(config);
  TaskScope scope(context_.get_executor(), {});
  base::Result<HttpResponse> first;
  scope.spawn("first", keep_result(http, post(server), first));
  context_.poll();
  const auto second = send(http, post(server), within(5ms));
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("all 1 that may be open are in use"), std::string::npos)
      << second.error().message;
  base::Result<HttpResponse> third;
  scope.spawn("third", keep_result(http, post(server), third));
  context_.poll();
  EXPECT_EQ(server.connections(), 1U);
  scope.cancel();
  EXPECT_TRUE(fakes::run_coroutine(context_, scope.join(steady_clock::now() + 5s)).has_value());
  EXPECT_EQ(third.error().code, ErrorCode::kCancelled);
}

TEST_F(HttpClientTest, AFreedPlaceGoesToTheCallThatWaits) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "a"), http_reply(200, "b")}}});
  HttpClientConfig config;
  config.max_connections_per_origin = 1;
  auto& http = client(config);
  TaskScope scope(context_.get_executor(), {});
  base::Result<HttpResponse> first;
  base::Result<HttpResponse> second;
  scope.spawn("first", keep_result(http, post(server), first));
  scope.spawn("second", keep_result(http, post(server), second));
  EXPECT_TRUE(fakes::run_coroutine(context_, scope.join(steady_clock::now() + 5s)).has_value());
  EXPECT_EQ(first->body + second->body, "ab");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClientTest, CancellationEndsTheCallInEveryPhase) {
  for (const auto& reply :
       std::vector<std::string>{"", "HTTP/1.1 200 OK\r\n", kChunkedHead, kChunkedHead + "5\r\nab"}) {
    ScriptedServer server(context_.get_executor(), {{{reply}, Ending::kHold}});
    auto& http = client();
    TaskScope scope(context_.get_executor(), {});
    base::Result<HttpResponse> result;
    scope.spawn("call", keep_result(http, post(server), result));
    while (server.requests().empty()) context_.run_one();
    context_.poll();
    scope.cancel();
    EXPECT_TRUE(fakes::run_coroutine(context_, scope.join(steady_clock::now() + 5s)).has_value());
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled) << result.error().message;
  }
}

TEST_F(HttpClientTest, ARefusedConnectionIsUnavailableAndSaysWhere) {
  asio::ip::tcp::acceptor taken(context_, {asio::ip::address_v4::loopback(), 0});
  const auto port = taken.local_endpoint().port();
  taken.close();
  const auto reply = send(client(), {HttpMethod::kGet, fmt::format("http://127.0.0.1:{}/?key=hunter2", port)});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(reply.error().message.find(fmt::format("127.0.0.1:{}", port)), std::string::npos);
  EXPECT_EQ(reply.error().message.find("hunter2"), std::string::npos);
}

TEST_F(HttpClientTest, RefusesHeadersThatWouldSmuggleAnother) {
  ScriptedServer server(context_.get_executor(), {{{http_reply(200, "")}}});
  auto request = post(server);
  request.headers.push_back({"X-Api-Key", "hunter2\r\nX-Admin: yes"});
  const auto reply = send(client(), request);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(reply.error().message.find("hunter2"), std::string::npos);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(HttpClientTest, ReadsTheRefusalOfARequestTheServerDoesNotReadToItsEnd) {
  const Script refusal{
      {http_reply(413, "too large", "Connection: close\r\n")}, Ending::kClose, fakes::Reading::kHeadOnly};
  ScriptedServer server(context_.get_executor(), {refusal});
  const auto reply = send(client(), post(server, std::string(8U << 20, 'x')));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->head.status, 413);
}

}  // namespace
}  // namespace tollgate::net
