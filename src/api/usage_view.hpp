// A report of what calls of models took and cost: which one is asked for, and as JSON. Pure.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/value.hpp"
#include "store/usage.hpp"

namespace tollgate::api {

struct UsageWish {  // as texts; empty ones mean the last 30 days, by day
  std::string_view from{};
  std::string_view to{};
  std::string_view by{};
};

// Of everybody. kInvalidArgument names the part.
base::Result<store::UsageFilter> read_usage_wish(const UsageWish& wish, base::Timestamp now);

base::Value usage_view(const store::UsageFilter& filter, const store::UsageReport& report);

}  // namespace tollgate::api
