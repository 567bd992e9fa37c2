#include <cstdio>
#include <fstream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/http_client.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/fakes/scripted_server.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace tollgate::net {
namespace {

namespace asio = boost::asio;

class HttpTlsTest : public ::testing::Test {
 protected:
  HttpTlsTest() : ca_file_(fmt::format("{}/tollgate-ca-{}.pem", ::testing::TempDir(), ::getpid())) {
    std::ofstream(ca_file_) << certificate_.certificate_pem;
  }
  ~HttpTlsTest() override { std::remove(ca_file_.c_str()); }

  base::Result<HttpResponse> get(std::string_view host, HttpClientConfig config) {
    fakes::ScriptedServer server(context_.get_executor(), {{{fakes::http_reply(200, "secret kept")}}},
                                 certificate_.certificate_pem, certificate_.key_pem);
    const auto client = *make_http_client(context_.get_executor(), std::move(config));
    return fakes::run_coroutine(
        context_, client->send({}, {HttpMethod::kGet, fmt::format("https://{}:{}/", host, server.port())}));
  }
  HttpClientConfig trusting() const {
    HttpClientConfig config;
    config.ca_file = ca_file_;
    return config;
  }

  asio::io_context context_{1};
  fakes::TestCertificate certificate_ = fakes::make_certificate("localhost");
  std::string ca_file_;
};

TEST_F(HttpTlsTest, AcceptsACertificateOfTheConfiguredAuthorityForTheRightName) {
  const auto reply = get("localhost", trusting());
  ASSERT_TRUE(reply.has_value()) << reply.error().message << reply.error().detail;
  EXPECT_EQ(reply->body, "secret kept");
}

TEST_F(HttpTlsTest, RefusesAnUnknownAuthorityAndNamesTheSetting) {
  const auto reply = get("localhost", {});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(reply.error().message.find("http_ca_file"), std::string::npos);
}

TEST_F(HttpTlsTest, RefusesACertificateForAnotherName) {
  const auto reply = get("127.0.0.1", trusting());
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, base::ErrorCode::kUnavailable);
}

TEST_F(HttpTlsTest, AnUnreadableAuthorityFileIsABadSetting) {
  HttpClientConfig config;
  config.ca_file = "/nowhere/ca.pem";
  const auto client = make_http_client(context_.get_executor(), config);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_NE(client.error().message.find("/nowhere/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::net
