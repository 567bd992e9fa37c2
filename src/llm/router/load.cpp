#include "llm/router/load.hpp"

#include <algorithm>
#include <cmath>

namespace tollgate::llm {

void Load::begun() {
  const std::lock_guard lock(mutex_);
  ++under_way_;
}

void Load::ended(Time now, std::chrono::duration<double> latency) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  const double known = decayed(now);
  const double weight = 0.3;
  seconds_ = latency.count() > known ? latency.count() : known + (weight * (latency.count() - known));
  at_ = now;
}

void Load::abandoned() {
  const std::lock_guard lock(mutex_);
  --under_way_;
}

void Load::forget() {
  const std::lock_guard lock(mutex_);
  seconds_ = 0;
  at_ = {};
  resting_until_ = {};
}

double Load::cost(Time now) const {
  const std::lock_guard lock(mutex_);
  return decayed(now) * (under_way_ + 1);
}

void Load::rest_until(Time time) {
  const std::lock_guard lock(mutex_);
  resting_until_ = std::max(resting_until_, time);
}

Load::Time Load::resting_until() const {
  const std::lock_guard lock(mutex_);
  return resting_until_;
}

double Load::decayed(Time now) const {
  if (now <= at_) return seconds_;
  return seconds_ * std::exp(-std::chrono::duration<double>(now - at_) / kDecay);
}

}  // namespace tollgate::llm
