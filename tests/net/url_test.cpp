#include "net/url.hpp"

#include <gtest/gtest.h>

namespace tollgate::net {
namespace {

TEST(Url, SplitsIntoOriginAndTarget) {
  const auto url = parse_url("https://API.example.com/v1/chat?x=1");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->origin.to_string(), "https://api.example.com:443");
  EXPECT_EQ(url->origin.authority(), "api.example.com");
  EXPECT_EQ(url->target, "/v1/chat?x=1");
}

TEST(Url, KeepsAPortThatIsNotTheSchemesOwn) {
  const auto url = parse_url("http://127.0.0.1:8080");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->origin.authority(), "127.0.0.1:8080");
  EXPECT_EQ(url->target, "/");
}

TEST(Url, ReadsIpv6Hosts) {
  const auto url = parse_url("http://[::1]:11434/api/chat");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->origin.host, "::1");
  EXPECT_EQ(url->origin.authority(), "[::1]:11434");
}

TEST(Url, RefusesWhatIsNoHttpUrlAndNeverRepeatsIt) {
  for (const auto* text : {"", "localhost:8080", "ftp://host/", "https://user:hunter2@host/", "https:///path",
                           "http://host:99999/", "http://host:0/", "/relative?key=hunter2", "http://ho st/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().code, base::ErrorCode::kInvalidArgument) << text;
    EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace tollgate::net
