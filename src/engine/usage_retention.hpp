// Deletes old rows of the account of model calls, a few at a time, so that nobody waits long for a lock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/date.hpp"
#include "store/usage_store.hpp"

namespace tollgate::engine {

inline constexpr std::int64_t kMaxForgottenAtOnce = 1'000;  // rows

// All rows of days that are more than `days` before today; how many. REQUIRES: days >= 1, so that what counts for the
// budgets of today stays.
store::Async<std::int64_t> forget_old_usage(store::UsageStore& store, base::Date today, std::int64_t days);

// Told in a sentence why it failed. Must not throw or block.
using RetentionTrouble = std::function<void(const std::string& why)>;

// At once and then every `turn_length`, sooner after a failure; until it is cancelled. The references must outlive it.
boost::asio::awaitable<void> keep_usage_for(std::int64_t days, store::UsageStore& store, base::Clock& clock,
                                            RetentionTrouble on_trouble,
                                            std::chrono::milliseconds turn_length = std::chrono::hours(24));

}  // namespace tollgate::engine
