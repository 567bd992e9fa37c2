// What follows a failed attempt: the same model again, the next one of the list, or the end. Pure decisions.
//
// Every retry is paid from a budget that requests fill, so that an outage is not made worse by those who wait for its
// end: beyond a few, retries stay a fixed share of the traffic. Going on to another provider is no retry.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/error.hpp"

namespace tollgate::llm {

struct RetryConfig {
  int max_tries = 3;  // of one model
  std::chrono::milliseconds first_backoff{250};
  std::chrono::milliseconds max_backoff{8'000};
  std::chrono::milliseconds max_retry_after{60'000};               // a provider that asks for more is not waited for
  std::optional<std::chrono::milliseconds> whole_reply_timeout{};  // of one try that is not streamed
  double budget_share = 0.2;                                       // retries for each request
  double budget_reserve = 20;                                      // retries that are always there at first
};

enum class AfterFailure {
  kRetry,       // may pass: the same model again
  kNextTarget,  // not with this provider: its key, its credit, its model, the length of its context
  kGiveUp,      // the request itself is wrong, or nobody waits any more
};

AfterFailure after_failure(const base::Error& error);

// Whether it tells of the provider's health; a request that is wrong does not.
bool is_fault_of_provider(const base::Error& error);

// While other models are left, one that is silent or asks for time is not waited for.
bool is_worth_another_try(const RetryConfig& config, const base::Error& error);

// When a try that is not streamed has to be over. Without a limit of its own it leaves half of the time to the models
// that come after it.
std::chrono::steady_clock::time_point whole_reply_deadline(const RetryConfig& config,
                                                           std::chrono::steady_clock::time_point now,
                                                           std::chrono::steady_clock::time_point deadline,
                                                           bool is_last);

// Full jitter: anything from nothing to the doubled bound, `chance` in [0, 1) of it, so that many do not come back
// together; but not before the provider asked us to. nullopt: it asks for longer than we wait. `tries` counts from 1.
std::optional<std::chrono::milliseconds> backoff(const RetryConfig& config, int tries, const base::Error& error,
                                                 double chance);

// Thread: any.
class RetryBudget {
 public:
  explicit RetryBudget(const RetryConfig& config)
      : share_(config.budget_share), most_(config.budget_reserve), left_(config.budget_reserve) {}

  void on_request();
  bool take_retry();
  void configure(const RetryConfig& config);  // what is left stays

 private:
  std::mutex mutex_;  // guards what follows
  double share_;
  double most_;
  double left_;
};

}  // namespace tollgate::llm
