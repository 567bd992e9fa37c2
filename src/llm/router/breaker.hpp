// Keeps calls from a provider that fails, and finds out when it is back.
//
// Closed, calls pass. When too many of the last ten seconds' failed it opens: calls are refused at once. After a while
// one call may pass as a probe, and only one; its success closes the breaker, its failure keeps it open for twice as
// long. Thread: any. Times are handed in, so that a test owns them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace tollgate::llm {

struct BreakerConfig {
  double failure_share = 0.5;  // of the window's calls
  int min_calls = 10;          // in the window; fewer say nothing …
  int failures_in_a_row = 5;   // … unless these are all of them
  std::chrono::milliseconds open_for{5'000};
  std::chrono::milliseconds max_open_for{60'000};
};

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { kClosed, kOpen, kHalfOpen };
  enum class Outcome { kSuccess, kFailure, kUnknown };  // unknown: cancelled, or no fault of the provider's

  // Must be given back through ended(), whatever came of the call.
  struct Permit {
    bool is_probe = false;
    int life = 0;  // after a reset() it says nothing any more
  };

  explicit Breaker(BreakerConfig config) : config_(config) {}

  std::optional<Permit> try_begin(Time now);  // nullopt: refused
  void ended(Permit permit, Outcome outcome, Time now);

  bool would_allow(Time now) const;  // without taking the probe
  State state(Time now) const;
  Time opens_again_at() const;  // for a probe; meaningful while open

  void configure(const BreakerConfig& config);  // keeps the state: what is counted, and whether it is open
  void reset();                                 // to the state of the start; calls under way do not count any more

 private:
  static constexpr std::size_t kBuckets = 10;  // a second each
  struct Bucket {
    std::int64_t second = -1;
    int calls = 0;
    int failures = 0;
  };

  bool would_allow_locked(Time now) const;
  void count(Outcome outcome, Time now);
  bool fails_too_often(Time now) const;
  void open(Time now);

  mutable std::mutex mutex_;  // guards what follows
  BreakerConfig config_;
  std::array<Bucket, kBuckets> window_{};
  int failures_in_a_row_ = 0;
  bool open_ = false;
  bool probing_ = false;
  int life_ = 0;
  Time until_{};
  std::chrono::milliseconds open_for_{0};
};

}  // namespace tollgate::llm
