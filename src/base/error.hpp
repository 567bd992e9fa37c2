// What went wrong, in the three forms its readers need: a code for programs, a message for people, a detail for logs.
//
// Expected outcomes (bad input, not found, a provider that answers 429) travel as Result<T>; exceptions are for broken
// infrastructure and bugs. Everything an Error decides (HTTP status, exit code, retry) is one exhaustive switch here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

enum class ErrorCode {
  kInvalidArgument,     // the caller's input is wrong; repeating it changes nothing
  kNotFound,            // no such session, question, file …
  kConflict,            // somebody else was first: lost lease, key used for another value
  kPreconditionFailed,  // right input, wrong moment: stage not open, gate not passed
  kForbidden,           // the role may not do this
  kUnauthenticated,     // no valid credentials, ours or a provider's
  kTooLarge,            // a bound was exceeded; the message names it
  kRateLimited,         // try again later
  kOutOfCredit,         // an account's credit or a budget is used up: trying again changes nothing
  kUnavailable,         // a dependency is down or refuses
  kTimeout,             // a deadline passed
  kCancelled,           // stopped on request
  kNoSpace,             // disk or quota is full
  kCorrupt,             // stored data fails its integrity check
  kBadReply,            // a provider answered, but not in the agreed form
  kUnsupported,         // known, but this build or back end cannot do it
  kInternal,            // a bug
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message{};  // For the user: what, where, and what to do about it. No secrets.
  std::string detail{};   // For the log: what the library or server said. No secrets either.
  std::optional<std::chrono::milliseconds> retry_after{};  // when the other side named a time to come back
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

std::string_view name(ErrorCode code);  // "invalid_argument"
int http_status(ErrorCode code);
int exit_code(ErrorCode code);  // 2: the user's input; 1: everything else (design: command line)
LogLevel log_level(ErrorCode code);
bool is_retryable(ErrorCode code);  // the same call may succeed later, unchanged

}  // namespace tollgate::base
