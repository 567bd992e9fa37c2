#include "llm/gateway/wire_error.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "llm/gateway/sse_frame.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
namespace json = boost::json;

constexpr std::string_view kContextCode = "context_length_exceeded";

// How one error looks in both formats.
struct Shape {
  int openai_status = 500;
  std::string_view openai_type;
  std::string_view openai_code;  // empty: null
  int anthropic_status = 500;
  std::string_view anthropic_type;
};

constexpr Shape kInvalid{400, "invalid_request_error", "", 400, "invalid_request_error"};
constexpr Shape kUnknown{404, "invalid_request_error", "", 404, "not_found_error"};
constexpr Shape kLongPrompt{400, "invalid_request_error", kContextCode, 400, "invalid_request_error"};
constexpr Shape kLargeBody{413, "invalid_request_error", "request_too_large", 413, "request_too_large"};
constexpr Shape kBroken{500, "server_error", "", 500, "api_error"};
constexpr Shape kGatewayTrouble{502, "server_error", "", 502, "api_error"};

Shape shape_of(const base::Error& error) {
  const auto reported = reported_failure(error);
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnsupported: return kInvalid;
    case ErrorCode::kNotFound: return kUnknown;
    case ErrorCode::kConflict:
    case ErrorCode::kPreconditionFailed: return {409, "invalid_request_error", "", 409, "conflict_error"};
    case ErrorCode::kForbidden: return {403, "permission_error", "", 403, "permission_error"};
    case ErrorCode::kUnauthenticated:
      if (reported) return kGatewayTrouble;  // the key is ours, not the client's
      return {401, "invalid_request_error", "invalid_api_key", 401, "authentication_error"};
    case ErrorCode::kTooLarge: return reported && reported->status != 413 ? kLongPrompt : kLargeBody;
    case ErrorCode::kOutOfCredit:
      if (reported) return kGatewayTrouble;  // the account is ours, not the client's
      return {429, "insufficient_quota", "insufficient_quota", 402, "billing_error"};
    case ErrorCode::kRateLimited: return {429, "rate_limit_error", "rate_limit_exceeded", 429, "rate_limit_error"};
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled: return {503, "service_unavailable_error", "", 529, "overloaded_error"};
    case ErrorCode::kTimeout: return {504, "timeout_error", "", 504, "timeout_error"};
    case ErrorCode::kBadReply: return kGatewayTrouble;
    case ErrorCode::kNoSpace:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal: return kBroken;
  }
  return kBroken;
}

std::string message_of(const base::Error& error) {
  const bool of_the_request = error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kTooLarge ||
                              error.code == ErrorCode::kNotFound;
  const auto reported = reported_failure(error);
  if (!of_the_request || !reported || reported->words.empty()) return error.message;
  return fmt::format("{}: {}", error.message, reported->words);
}

// "temperature: must be …" names the member that is wrong; a name has no spaces.
json::value param_of(const base::Error& error) {
  const auto colon = error.message.find(": ");
  if (error.code != ErrorCode::kInvalidArgument && error.code != ErrorCode::kUnsupported) return nullptr;
  if (colon == std::string::npos || error.message.find(' ') < colon) return nullptr;
  return json::value(json::string_view(error.message.data(), colon));
}

json::value code_of(const Shape& shape) {
  return shape.openai_code.empty() ? json::value() : json::value(json::string_view(shape.openai_code));
}

json::value error_object(WireFormat client, const base::Error& error, std::string_view request_id) {
  const auto shape = shape_of(error);
  if (client == WireFormat::kOpenAi) {
    return {{"error",
             {{"message", message_of(error)},
              {"type", shape.openai_type},
              {"param", param_of(error)},
              {"code", code_of(shape)}}}};
  }
  return {{"type", "error"},
          {"error", {{"type", shape.anthropic_type}, {"message", message_of(error)}}},
          {"request_id", request_id}};
}

}  // namespace

std::string write_wire_error(WireFormat client, const base::Error& error, std::string_view request_id) {
  return gateway::to_text(error_object(client, error, request_id));
}

int wire_error_status(WireFormat client, const base::Error& error) {
  const auto shape = shape_of(error);
  return client == WireFormat::kOpenAi ? shape.openai_status : shape.anthropic_status;
}

std::string write_wire_error_event(WireFormat client, const base::Error& error, std::string_view request_id) {
  std::string frame;
  const auto object = error_object(client, error, request_id);
  if (client == WireFormat::kOpenAi) {
    gateway::append_openai_frame(frame, object);
  } else {
    gateway::append_anthropic_frame(frame, object);
  }
  return frame;
}

}  // namespace tollgate::llm
