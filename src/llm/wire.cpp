#include "llm/wire.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxDetailBytes = 500;
constexpr std::string_view kStatusMark = "status ";

bool contains(std::string_view text, std::string_view part) {
  return base::lower_ascii(text).find(part) != std::string::npos;
}

bool is_context_overflow(const ProviderFailure& failure) {
  return failure.code == "context_length_exceeded" || failure.type == "request_too_large" ||
         contains(failure.message, "prompt is too long") || contains(failure.message, "context length") ||
         contains(failure.message, "maximum context");
}

bool is_out_of_credit(const ProviderFailure& failure) {
  return failure.type == "insufficient_quota" || failure.code == "insufficient_quota" ||
         failure.type == "billing_error" || failure.code == "credit_balance_exhausted" || failure.status == 402;
}

// Inside a stream the status says nothing and the type is all there is.
ErrorCode code_of_type(std::string_view type) {
  if (type == "rate_limit_error" || type == "rate_limit_exceeded") return ErrorCode::kRateLimited;
  if (type == "authentication_error" || type == "permission_error") return ErrorCode::kUnauthenticated;
  if (type == "invalid_request_error") return ErrorCode::kInvalidArgument;
  if (type == "not_found_error") return ErrorCode::kNotFound;
  if (type == "timeout_error") return ErrorCode::kTimeout;
  return ErrorCode::kUnavailable;
}

ErrorCode code_of(const ProviderFailure& failure) {
  if (is_out_of_credit(failure)) return ErrorCode::kOutOfCredit;
  switch (failure.status) {
    case 401:
    case 403: return ErrorCode::kUnauthenticated;
    case 404: return ErrorCode::kNotFound;
    case 408: return ErrorCode::kTimeout;
    case 413: return ErrorCode::kTooLarge;
    case 429: return ErrorCode::kRateLimited;
    default: break;
  }
  if (failure.status >= 500) return ErrorCode::kUnavailable;
  if (is_context_overflow(failure)) return ErrorCode::kTooLarge;
  return failure.status >= 400 ? ErrorCode::kInvalidArgument : code_of_type(failure.type);
}

std::string message_of(ErrorCode code, const ProviderFailure& failure) {
  const auto& provider = failure.provider;
  if (is_out_of_credit(failure)) {
    return fmt::format("{} refuses: the account has no credit or quota left; check its billing page", provider);
  }
  if (failure.status == 404) {
    return fmt::format("{} does not know the model or the path; check the model name and {}", provider,
                       failure.setting);
  }
  switch (code) {
    case ErrorCode::kUnauthenticated:
      return fmt::format("{} does not accept the key; check {}", provider, failure.setting);
    case ErrorCode::kRateLimited: return fmt::format("{} asks to slow down", provider);
    case ErrorCode::kTooLarge: return fmt::format("the request is too long for the model of {}", provider);
    case ErrorCode::kInvalidArgument: return fmt::format("{} does not accept the request", provider);
    case ErrorCode::kTimeout: return fmt::format("{} did not finish in its own time limit", provider);
    default: return fmt::format("{} is out of order or overloaded", provider);
  }
}

std::string detail_of(ErrorCode code, const ProviderFailure& failure) {
  std::string detail = fmt::format("{}{}", kStatusMark, failure.status);
  if (!failure.type.empty()) detail += fmt::format(", type {}", base::shortened(failure.type, 80));
  if (!failure.code.empty()) detail += fmt::format(", code {}", base::shortened(failure.code, 80));
  // A refusal of a key may quote the key.
  if (code != ErrorCode::kUnauthenticated && !failure.message.empty()) {
    detail += fmt::format(": {}", base::shortened(failure.message, kMaxDetailBytes));
  }
  return detail;
}

}  // namespace

base::Error to_error(const ProviderFailure& failure) {
  const auto code = code_of(failure);
  return {code, message_of(code, failure), detail_of(code, failure)};
}

std::optional<ReportedFailure> reported_failure(const base::Error& error) {
  std::string_view text = error.detail;
  if (!text.starts_with(kStatusMark)) return std::nullopt;
  text.remove_prefix(kStatusMark.size());
  ReportedFailure failure;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), failure.status);
  if (code != std::errc{}) return std::nullopt;
  if (const auto colon = text.find(": "); colon != std::string_view::npos) failure.words = text.substr(colon + 2);
  return failure;
}

std::unexpected<base::Error> bad_reply(std::string_view provider, std::string_view complaint, std::string detail) {
  return base::fail(ErrorCode::kBadReply, fmt::format("{} gave a bad reply: {}", provider, complaint),
                    std::move(detail));
}

base::Result<base::Value> parse_object(std::string_view provider, std::string_view body) {
  auto value = base::parse_json(body);
  if (!value) return bad_reply(provider, "not JSON", value.error().message);
  if (!value->is_record()) return bad_reply(provider, "not a JSON object");
  return value;
}

std::int64_t count_of(const base::Value& usage, std::string_view key) {
  return std::max<std::int64_t>(0, usage.int_or(key, 0));
}

base::Value number(double value) {
  const auto decimal = base::Decimal::parse(fmt::format("{}", value));
  return decimal ? base::Value(*decimal) : base::Value();
}

std::string join_url(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  const auto version = path.substr(0, path.find('/', 1));
  if (base.ends_with(version)) base.remove_suffix(version.size());
  return fmt::format("{}{}", base, path);
}

}  // namespace tollgate::llm
