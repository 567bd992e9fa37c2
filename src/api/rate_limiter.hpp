// How many requests one key or address may send: a token bucket each.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>

#include "api/request_limits.hpp"
#include "base/clock.hpp"

namespace tollgate::api {

struct RateDecision {
  bool allowed = true;
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  std::chrono::seconds full_again{0};        // until the bucket is full
  std::chrono::milliseconds retry_after{0};  // when refused
};

class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  // Takes one token of `bucket`. A limiter that cannot decide allows: it guards against load, not against access.
  virtual boost::asio::awaitable<RateDecision> take(std::string bucket, RateLimit limit) = 0;
};

// In this process. Remembers the buckets used last, so that many addresses cost a bounded amount of memory: one that
// was forgotten begins full. Thread: any.
class MemoryRateLimiter final : public RateLimiter {
 public:
  explicit MemoryRateLimiter(base::Clock& clock, std::size_t max_buckets = 100'000)
      : clock_(clock), max_buckets_(max_buckets) {}

  boost::asio::awaitable<RateDecision> take(std::string bucket, RateLimit limit) override;
  std::size_t size() const;

 private:
  struct Bucket {
    std::string name;
    double tokens = 0;
    base::Timestamp filled_at{};
  };

  Bucket& find(const std::string& name, double full);

  base::Clock& clock_;
  const std::size_t max_buckets_;
  mutable std::mutex mutex_;                                                   // guards the two below
  std::list<Bucket> buckets_;                                                  // used last comes first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_name_;  // views into the list
};

}  // namespace tollgate::api
