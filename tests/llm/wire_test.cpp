#include "llm/wire.hpp"

#include <gtest/gtest.h>

namespace tollgate::llm {
namespace {

using base::ErrorCode;

ErrorCode code_of(int status, std::string type = "", std::string code = "", std::string message = "") {
  return to_error({"p", "P_KEY", status, std::move(type), std::move(code), std::move(message)}).code;
}

TEST(Wire, MapsStatusesOfProvidersToCodes) {
  EXPECT_EQ(code_of(400), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(401), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code_of(403), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code_of(404), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(408), ErrorCode::kTimeout);
  EXPECT_EQ(code_of(413), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(422), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(429), ErrorCode::kRateLimited);
  EXPECT_EQ(code_of(500), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(529), ErrorCode::kUnavailable);
}

TEST(Wire, SpentCreditIsNoReasonToSlowDown) {
  EXPECT_EQ(code_of(429, "insufficient_quota"), ErrorCode::kOutOfCredit);
  EXPECT_EQ(code_of(402, "billing_error"), ErrorCode::kOutOfCredit);
  const auto error = to_error({"openai", "OPENAI_API_KEY", 429, "insufficient_quota"});
  EXPECT_NE(error.message.find("credit"), std::string::npos);
}

TEST(Wire, ALongPromptIsTooLargeHoweverItIsCalled) {
  EXPECT_EQ(code_of(400, "invalid_request_error", "context_length_exceeded"), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(400, "invalid_request_error", "", "Prompt is too long: 210000 tokens"), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(200, "request_too_large"), ErrorCode::kTooLarge);
}

TEST(Wire, InsideAStreamTheTypeDecides) {
  EXPECT_EQ(code_of(200, "overloaded_error"), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(200, "rate_limit_error"), ErrorCode::kRateLimited);
  EXPECT_EQ(code_of(200, "invalid_request_error"), ErrorCode::kInvalidArgument);
}

TEST(Wire, ARefusedKeyIsNeverQuoted) {
  const auto error = to_error({"openai", "OPENAI_API_KEY", 401, "x", "y", "Incorrect API key provided: sk-canary"});
  EXPECT_EQ((error.message + error.detail).find("sk-canary"), std::string::npos);
  EXPECT_NE(error.message.find("OPENAI_API_KEY"), std::string::npos);
}

TEST(Wire, JoinsUrlsWithTheVersionOnce) {
  EXPECT_EQ(join_url("https://api.openai.com", "/v1/chat/completions"), "https://api.openai.com/v1/chat/completions");
  EXPECT_EQ(join_url("https://api.openai.com/v1", "/v1/chat/completions"),
            "https://api.openai.com/v1/chat/completions");
  EXPECT_EQ(join_url("http://host/proxy/v1/", "/v1/messages"), "http://host/proxy/v1/messages");
}

TEST(Wire, WritesNumbersShort) {
  EXPECT_EQ(number(0.2), base::Value(base::Decimal::parse("0.2").value()));
  EXPECT_EQ(number(1.0), base::Value(1));
}

}  // namespace
}  // namespace tollgate::llm
