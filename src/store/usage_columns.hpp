// What the statements on the table `usage` have in common on both back ends.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "store/usage.hpp"

namespace tollgate::store {

inline constexpr std::string_view kUsageColumns =
    "day, account, key, session, task, tier, provider, model, calls, hits, unpriced, estimated, input_tokens, "
    "cached_input_tokens, output_tokens, cost, saved, charged";

inline constexpr std::string_view kAddToUsage =
    "ON CONFLICT (day, account, key, session, task, tier, provider, model) DO UPDATE SET "
    "calls = usage.calls + excluded.calls, hits = usage.hits + excluded.hits, "
    "unpriced = usage.unpriced + excluded.unpriced, estimated = usage.estimated + excluded.estimated, "
    "input_tokens = usage.input_tokens + excluded.input_tokens, "
    "cached_input_tokens = usage.cached_input_tokens + excluded.cached_input_tokens, "
    "output_tokens = usage.output_tokens + excluded.output_tokens, cost = usage.cost + excluded.cost, "
    "saved = usage.saved + excluded.saved, charged = usage.charged + excluded.charged";

// A process that added nothing for so long is over: its last batch is not repeated any more.
inline constexpr std::chrono::hours kWriterIsForgotten{7 * 24};

// `cast` makes a sum a whole number where it is none.
inline std::string usage_sums(std::string_view cast) {
  std::string sums;
  for (const auto* column : {"calls", "hits", "unpriced", "estimated", "input_tokens", "cached_input_tokens",
                             "output_tokens", "cost", "saved", "charged"})
    sums += fmt::format("{}sum({}){}", sums.empty() ? "" : ", ", column, cast);
  return sums;
}

// The group's name as a text.
inline std::string_view usage_group(UsageGroup group) {
  switch (group) {
    case UsageGroup::kDay: return "CAST(day AS text)";
    case UsageGroup::kAccount: return "account";
    case UsageGroup::kKey: return "key";
    case UsageGroup::kSession: return "session";
    case UsageGroup::kTask: return "task";
    case UsageGroup::kTier: return "tier";
    case UsageGroup::kModel: return "provider || '/' || model";
  }
  return "day";
}

inline std::string_view usage_order(UsageGroup group) {
  return group == UsageGroup::kDay ? "1" : "sum(cost) DESC, sum(hits) DESC, 1";
}

// Row: with integer(), as of a Statement or a PgRow. The sums begin at column `first`.
template <typename Row>
UsageTotals read_usage_totals(const Row& row, int first) {
  const auto money = [&row](int column) { return base::PicoUsd(row.integer(column)); };
  return {.calls = row.integer(first),
          .hits = row.integer(first + 1),
          .unpriced = row.integer(first + 2),
          .estimated = row.integer(first + 3),
          .input_tokens = row.integer(first + 4),
          .cached_input_tokens = row.integer(first + 5),
          .output_tokens = row.integer(first + 6),
          .cost = money(first + 7),
          .saved = money(first + 8),
          .charged = money(first + 9)};
}

}  // namespace tollgate::store
