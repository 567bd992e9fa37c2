// How busy and how slow one replica of a provider is, for choosing between replicas.
//
// Peak EWMA: a slow reply counts at once, quick ones slowly win back trust, and trust lost comes back with time even
// without calls, so that a replica that has recovered is tried again. Thread: any.
#pragma once

#include <chrono>
#include <mutex>

namespace tollgate::llm {

class Load {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void begun();
  void ended(Time now, std::chrono::duration<double> latency);
  void abandoned();  // without a latency worth counting: cancelled, or refused at once

  // The lower, the better: expected latency times the calls that would share it. 0 while nothing is known.
  double cost(Time now) const;

  void forget();  // all but the calls under way

  // After a reply that asked to slow down.
  void rest_until(Time time);
  Time resting_until() const;

 private:
  static constexpr std::chrono::duration<double> kDecay{10};

  double decayed(Time now) const;

  mutable std::mutex mutex_;  // guards what follows
  double seconds_ = 0;        // the average
  Time at_{};                 // when it was last so
  int under_way_ = 0;
  Time resting_until_{};
};

}  // namespace tollgate::llm
