#include "llm/router/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace tollgate::llm {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

AfterFailure after_failure(const base::Error& error) {
  switch (error.code) {
    case ErrorCode::kRateLimited:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kBadReply: return AfterFailure::kRetry;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden:
    case ErrorCode::kOutOfCredit:
    case ErrorCode::kNotFound:
    case ErrorCode::kUnsupported:
    case ErrorCode::kTooLarge: return AfterFailure::kNextTarget;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kConflict:
    case ErrorCode::kPreconditionFailed:
    case ErrorCode::kCancelled:
    case ErrorCode::kNoSpace:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal: return AfterFailure::kGiveUp;
  }
  return AfterFailure::kGiveUp;
}

bool is_fault_of_provider(const base::Error& error) {
  if (error.code == ErrorCode::kRateLimited || error.code == ErrorCode::kTooLarge) return false;
  return after_failure(error) != AfterFailure::kGiveUp;
}

std::optional<milliseconds> backoff(const RetryConfig& config, int tries, const base::Error& error, double chance) {
  const auto asked = error.retry_after.value_or(milliseconds(0));
  if (asked > config.max_retry_after) return std::nullopt;
  constexpr int kMaxDoublings = 16;
  const auto bound = std::min(config.max_backoff, config.first_backoff * (1 << std::min(tries - 1, kMaxDoublings)));
  const milliseconds pause(std::llround(chance * static_cast<double>(bound.count())));
  return asked + pause;
}

bool is_worth_another_try(const RetryConfig& config, const base::Error& error) {
  if (error.code == ErrorCode::kTimeout) return false;
  return !error.retry_after || *error.retry_after <= config.first_backoff;
}

steady_clock::time_point whole_reply_deadline(const RetryConfig& config, steady_clock::time_point now,
                                              steady_clock::time_point deadline, bool is_last) {
  if (config.whole_reply_timeout) return std::min(deadline, now + *config.whole_reply_timeout);
  if (is_last || deadline == steady_clock::time_point::max()) return deadline;
  return now + (deadline - now) / 2;
}

void RetryBudget::on_request() {
  const std::lock_guard lock(mutex_);
  left_ = std::min(most_, left_ + share_);
}

bool RetryBudget::take_retry() {
  const std::lock_guard lock(mutex_);
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

void RetryBudget::configure(const RetryConfig& config) {
  const std::lock_guard lock(mutex_);
  share_ = config.budget_share;
  most_ = config.budget_reserve;
  left_ = std::min(left_, most_);
}

}  // namespace tollgate::llm
