#include "api/rate_limiter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tollgate::api {

namespace {

constexpr double kMillisecondsPerMinute = 60'000;

}  // namespace

MemoryRateLimiter::Bucket& MemoryRateLimiter::find(const std::string& name, double full) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, known->second);
    return buckets_.front();
  }
  if (buckets_.size() >= max_buckets_) {
    by_name_.erase(buckets_.back().name);
    buckets_.pop_back();
  }
  buckets_.push_front({name, full, clock_.now()});
  by_name_.emplace(buckets_.front().name, buckets_.begin());
  return buckets_.front();
}

std::size_t MemoryRateLimiter::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

boost::asio::awaitable<RateDecision> MemoryRateLimiter::take(std::string name, RateLimit limit) {
  if (limit.per_minute <= 0) co_return RateDecision{};
  const auto full = static_cast<double>(limit.per_minute);
  const double per_millisecond = full / kMillisecondsPerMinute;
  const std::lock_guard lock(mutex_);  // not held over a suspension
  auto& bucket = find(name, full);
  const auto now = clock_.now();
  const auto passed = std::max<double>(0, static_cast<double>((now - bucket.filled_at).count()));
  bucket.tokens = std::min(full, bucket.tokens + passed * per_millisecond);
  bucket.filled_at = now;
  const bool allowed = bucket.tokens >= 1;
  if (allowed) bucket.tokens -= 1;
  const auto until = [&](double tokens) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::ceil(std::max(0.0, tokens - bucket.tokens) / per_millisecond)));
  };
  co_return RateDecision{.allowed = allowed,
                         .limit = limit.per_minute,
                         .remaining = static_cast<std::int64_t>(bucket.tokens),
                         .full_again = std::chrono::ceil<std::chrono::seconds>(until(full)),
                         .retry_after = allowed ? std::chrono::milliseconds(0) : until(1)};
}

}  // namespace tollgate::api
