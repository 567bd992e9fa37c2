// Keeps a provider's own limits: so many calls at once, so many a minute. Who comes too early waits for a turn, first
// come first served, but not beyond the deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "llm/provider.hpp"

namespace tollgate::llm {

struct ProviderLimits {
  std::size_t concurrency = 0;           // of this thread; 0: no limit
  std::int64_t requests_per_minute = 0;  // of the process; 0: no limit
};

// When each provider may be called next, in this process. Thread: any.
class CallPaces {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Reserves the next turn (GCRA, a tenth of a minute's calls at once); nullopt, and nothing reserved, when it is after
  // `latest`.
  std::optional<Time> reserve(const std::string& provider, std::int64_t per_minute, Time now, Time latest);

 private:
  std::mutex mutex_;
  std::map<std::string, Time> next_;  // guarded by mutex_
};

// `paces` must outlive the provider.
std::unique_ptr<Provider> make_limited_provider(std::unique_ptr<Provider> inner, std::string provider,
                                                ProviderLimits limits, CallPaces& paces);

}  // namespace tollgate::llm
