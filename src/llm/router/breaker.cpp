#include "llm/router/breaker.hpp"

#include <algorithm>

namespace tollgate::llm {
namespace {

std::int64_t second_of(Breaker::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::optional<Breaker::Permit> Breaker::try_begin(Time now) {
  const std::lock_guard lock(mutex_);
  if (!would_allow_locked(now)) return std::nullopt;
  if (open_) probing_ = true;
  return Permit{open_, life_};
}

void Breaker::ended(Permit permit, Outcome outcome, Time now) {
  const std::lock_guard lock(mutex_);
  if (permit.life != life_) return;
  if (permit.is_probe) {
    probing_ = false;
    if (outcome == Outcome::kFailure) open(now);
    if (outcome == Outcome::kSuccess) {
      open_ = false;
      open_for_ = std::chrono::milliseconds(0);
      failures_in_a_row_ = 0;
      window_ = {};
    }
    return;
  }
  if (open_ || outcome == Outcome::kUnknown) return;  // of a call that began before it opened
  count(outcome, now);
  if (outcome == Outcome::kFailure && fails_too_often(now)) open(now);
}

bool Breaker::would_allow(Time now) const {
  const std::lock_guard lock(mutex_);
  return would_allow_locked(now);
}

Breaker::State Breaker::state(Time now) const {
  const std::lock_guard lock(mutex_);
  if (!open_) return State::kClosed;
  return probing_ || now >= until_ ? State::kHalfOpen : State::kOpen;
}

Breaker::Time Breaker::opens_again_at() const {
  const std::lock_guard lock(mutex_);
  return until_;
}

// An open breaker opens again when it was to, but not later than the new settings would ever have it.
void Breaker::configure(const BreakerConfig& config) {
  const std::lock_guard lock(mutex_);
  config_ = config;
  if (open_ && open_for_ > config_.max_open_for) {
    until_ -= open_for_ - config_.max_open_for;
    open_for_ = config_.max_open_for;
  }
}

void Breaker::reset() {
  const std::lock_guard lock(mutex_);
  ++life_;
  window_ = {};
  failures_in_a_row_ = 0;
  open_ = probing_ = false;
  open_for_ = std::chrono::milliseconds(0);
}

bool Breaker::would_allow_locked(Time now) const {
  return !open_ || (!probing_ && now >= until_);
}

void Breaker::count(Outcome outcome, Time now) {
  const auto second = second_of(now);
  auto& bucket = window_[static_cast<std::size_t>(second) % kBuckets];
  if (bucket.second != second) bucket = {second};
  ++bucket.calls;
  failures_in_a_row_ = outcome == Outcome::kFailure ? failures_in_a_row_ + 1 : 0;
  if (outcome == Outcome::kFailure) ++bucket.failures;
}

bool Breaker::fails_too_often(Time now) const {
  if (failures_in_a_row_ >= config_.failures_in_a_row) return true;
  const auto oldest = second_of(now) - static_cast<std::int64_t>(kBuckets) + 1;
  int calls = 0;
  int failures = 0;
  for (const auto& bucket : window_) {
    if (bucket.second < oldest) continue;
    calls += bucket.calls;
    failures += bucket.failures;
  }
  return calls >= config_.min_calls && failures >= config_.failure_share * calls;
}

void Breaker::open(Time now) {
  open_for_ = open_for_.count() == 0 ? config_.open_for : std::min(config_.max_open_for, open_for_ * 2);
  open_ = true;
  until_ = now + open_for_;
  window_ = {};
}

}  // namespace tollgate::llm
