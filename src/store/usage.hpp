// What calls to models took and cost, added up by day and by who and what they were for. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/pico_usd.hpp"

namespace tollgate::store {

struct UsageTotals {
  std::int64_t calls = 0;      // to providers; those that failed before they replied are none
  std::int64_t hits = 0;       // replies that took no call: from the cache, or of a call that others made
  std::int64_t unpriced = 0;   // calls whose cost is not known, and is not in `cost`
  std::int64_t estimated = 0;  // calls that broke off: their cost is an estimate
  std::int64_t input_tokens = 0;
  std::int64_t cached_input_tokens = 0;  // the part of them read from the provider's cache
  std::int64_t output_tokens = 0;
  base::PicoUsd cost{};
  base::PicoUsd saved{};    // what the hits would have cost
  base::PicoUsd charged{};  // to the key's budget: the cost, and what was held for calls without a price

  void add(const UsageTotals& other);
};

// What a row is for. Empty texts: nobody signed in, no key, no session, a model that was named and not a tier.
struct UsageSubject {
  base::Date day{};  // UTC
  std::string account{};
  std::string key{};      // id of the API key
  std::string session{};  // id
  std::string task{};     // assess, draft, follow_up, consistency, gateway
  std::string tier{};     // fast, balanced, powerful
  std::string provider{};
  std::string model{};

  friend auto operator<=>(const UsageSubject&, const UsageSubject&) = default;
};

struct UsageRow {
  UsageSubject subject;
  UsageTotals totals;
};

// What one process adds at once. Batches of a writer are numbered from 1; one that was added already adds nothing.
struct UsageBatch {
  base::BootId writer{};
  std::int64_t number = 0;
  base::Timestamp at{};
  std::vector<UsageRow> rows{};  // in the order of their subjects, so that two writers cannot block each other
};

enum class UsageGroup { kDay, kAccount, kKey, kSession, kTask, kTier, kModel };
std::optional<UsageGroup> parse_usage_group(std::string_view name);  // "day", …
std::string_view name(UsageGroup group);

inline constexpr std::int64_t kMaxUsageRows = 1'000;

struct UsageFilter {
  base::Date from{};
  base::Date to{};        // this day included
  std::string account{};  // empty: everybody
  UsageGroup by = UsageGroup::kDay;
  std::int64_t limit = kMaxUsageRows;
};

struct UsageSum {
  std::string name;  // of the group: "2026-11-28", "PROVIDER/MODEL", …
  UsageTotals totals;
};

struct UsageReport {
  UsageTotals total{};           // of all, also of rows beyond the limit
  std::vector<UsageSum> rows{};  // days in order; everything else the dearest first
};

struct KeySpending {
  std::string key;
  base::PicoUsd charged;
};

}  // namespace tollgate::store
