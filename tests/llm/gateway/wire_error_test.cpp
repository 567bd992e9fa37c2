#include "llm/gateway/wire_error.hpp"

#include <gtest/gtest.h>

#include "llm/wire.hpp"

namespace tollgate::llm {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto kOpenAi = WireFormat::kOpenAi;
constexpr auto kAnthropic = WireFormat::kAnthropic;

struct Case {
  Error error;
  int openai_status;
  std::string openai_type;
  int anthropic_status;
  std::string anthropic_type;
};

TEST(WireError, EachErrorHasTheStatusAndTypeOfItsFormat) {
  const std::vector<Case> cases = {
      {{ErrorCode::kInvalidArgument, "m"}, 400, "invalid_request_error", 400, "invalid_request_error"},
      {{ErrorCode::kUnsupported, "m"}, 400, "invalid_request_error", 400, "invalid_request_error"},
      {{ErrorCode::kNotFound, "m"}, 404, "invalid_request_error", 404, "not_found_error"},
      {{ErrorCode::kForbidden, "m"}, 403, "permission_error", 403, "permission_error"},
      {{ErrorCode::kUnauthenticated, "m"}, 401, "invalid_request_error", 401, "authentication_error"},
      {{ErrorCode::kTooLarge, "m"}, 413, "invalid_request_error", 413, "request_too_large"},
      {{ErrorCode::kRateLimited, "m"}, 429, "rate_limit_error", 429, "rate_limit_error"},
      {{ErrorCode::kUnavailable, "m"}, 503, "service_unavailable_error", 529, "overloaded_error"},
      {{ErrorCode::kTimeout, "m"}, 504, "timeout_error", 504, "timeout_error"},
      {{ErrorCode::kBadReply, "m"}, 502, "server_error", 502, "api_error"},
      {{ErrorCode::kInternal, "m"}, 500, "server_error", 500, "api_error"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(wire_error_status(kOpenAi, each.error), each.openai_status) << base::name(each.error.code);
    EXPECT_EQ(wire_error_status(kAnthropic, each.error), each.anthropic_status) << base::name(each.error.code);
    EXPECT_NE(write_wire_error(kOpenAi, each.error, "r").find("\"type\":\"" + each.openai_type + "\""),
              std::string::npos);
    EXPECT_NE(write_wire_error(kAnthropic, each.error, "r").find("\"type\":\"" + each.anthropic_type + "\""),
              std::string::npos);
  }
}

TEST(WireError, BodiesAreThoseOfTheServices) {
  const Error error{ErrorCode::kInvalidArgument, "temperature: must be a number of 0 to 2"};
  EXPECT_EQ(write_wire_error(kOpenAi, error, "req_1"),
            R"({"error":{"message":"temperature: must be a number of 0 to 2","type":"invalid_request_error",)"
            R"("param":"temperature","code":null}})");
  EXPECT_EQ(write_wire_error(kAnthropic, error, "req_1"),
            R"({"type":"error","error":{"type":"invalid_request_error",)"
            R"("message":"temperature: must be a number of 0 to 2"},"request_id":"req_1"})");
}

TEST(WireError, InAStreamTheyAreOneEventAndNoEndFollows) {
  const Error error{ErrorCode::kTimeout, "too slow"};
  EXPECT_EQ(write_wire_error_event(kOpenAi, error, "r"),
            "data: {\"error\":{\"message\":\"too slow\",\"type\":\"timeout_error\",\"param\":null,\"code\":null}}\n\n");
  EXPECT_EQ(write_wire_error_event(kAnthropic, error, "r"),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"timeout_error\",\"message\":\"too slow\"},"
            "\"request_id\":\"r\"}\n\n");
}

TEST(WireError, WhatTheRequestIsToBlameForComesInTheProvidersWords) {
  const auto refused = to_error({"openai", "OPENAI_API_KEY", 400, "invalid_request_error", "", "'seed' is odd: why?"});
  EXPECT_NE(write_wire_error(kOpenAi, refused, "").find("'seed' is odd: why?"), std::string::npos);
  EXPECT_EQ(wire_error_status(kAnthropic, refused), 400);

  const auto unknown = to_error({"openai", "OPENAI_API_KEY", 404, "", "", "no model x"});
  EXPECT_EQ(wire_error_status(kOpenAi, unknown), 404);
  EXPECT_NE(write_wire_error(kAnthropic, unknown, "").find("no model x"), std::string::npos);

  const auto unprocessable = to_error({"openai", "OPENAI_API_KEY", 422, "", "", "bad field"});
  EXPECT_NE(write_wire_error(kOpenAi, unprocessable, "").find("bad field"), std::string::npos);
}

TEST(WireError, APromptThatIsTooLongIsToldApartFromABodyThatIs) {
  const auto prompt = to_error({"openai", "K", 400, "invalid_request_error", "context_length_exceeded", "8192 tokens"});
  EXPECT_EQ(wire_error_status(kOpenAi, prompt), 400);
  EXPECT_EQ(wire_error_status(kAnthropic, prompt), 400);
  EXPECT_NE(write_wire_error(kOpenAi, prompt, "").find("\"code\":\"context_length_exceeded\""), std::string::npos);
  EXPECT_NE(write_wire_error(kOpenAi, prompt, "").find("8192 tokens"), std::string::npos);
  const auto body = to_error({"anthropic", "K", 413, "request_too_large", "", "over 32 MB"});
  EXPECT_EQ(wire_error_status(kAnthropic, body), 413);
  EXPECT_NE(write_wire_error(kAnthropic, body, "").find("over 32 MB"), std::string::npos);
}

TEST(WireError, TroubleWithTheOperatorsKeyOrAccountIsNotTheClients) {
  const auto key = to_error({"openai", "OPENAI_API_KEY", 401, "", "", "bad key sk-1"});
  EXPECT_EQ(wire_error_status(kOpenAi, key), 502);
  EXPECT_EQ(wire_error_status(kAnthropic, key), 502);
  const auto credit = to_error({"openai", "OPENAI_API_KEY", 429, "insufficient_quota", "", "pay your bill"});
  EXPECT_EQ(wire_error_status(kOpenAi, credit), 502);
  EXPECT_EQ(write_wire_error(kOpenAi, credit, "").find("pay your bill"), std::string::npos);
}

TEST(WireError, OnlyWhatAProviderReportedCountsAsReported) {
  EXPECT_FALSE(reported_failure({ErrorCode::kBadReply, "m", "statuses"}).has_value());
  EXPECT_FALSE(reported_failure({ErrorCode::kBadReply, "m", "status x"}).has_value());
  const auto failure = reported_failure(to_error({"p", "S", 418, "t", "c", "a: b"}));
  EXPECT_FALSE(reported_failure({}).has_value());
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->status, 418);
}

TEST(WireError, TheWordsAreAllThatFollowsTheCodes) {
  const auto error = to_error({"p", "S", 400, "t", "c", "a: b"});
  EXPECT_EQ(reported_failure(error)->words, "a: b");
  const auto silent = to_error({"p", "S", 400, "t", "c"});
  EXPECT_EQ(reported_failure(silent)->words, "");
}

}  // namespace
}  // namespace tollgate::llm
