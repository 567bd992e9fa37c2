#include "api/usage_view.hpp"

#include <chrono>
#include <string>

#include <fmt/format.h>

namespace tollgate::api {
namespace {

using base::Date;
using base::ErrorCode;
using base::Result;
using base::Value;

constexpr std::chrono::days kUsualDays{30};

Result<Date> read_day(std::string_view text, std::string_view name, Date fallback) {
  if (text.empty()) return fallback;
  const auto day = Date::parse(text);
  if (!day || *day < Date())
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("`{}` must be a day such as 2026-11-28, in 1970 or later", name));
  return *day;
}

Value hit_rate(const store::UsageTotals& totals) {
  constexpr int kDigits = 4;
  const auto rate = divide(base::Decimal(totals.hits), base::Decimal(totals.hits + totals.calls));
  return rate ? Value(rate->rounded(kDigits)) : Value();
}

Value::Record totals_view(const store::UsageTotals& totals) {
  return {{"calls", totals.calls},
          {"hits", totals.hits},
          {"hit_rate", hit_rate(totals)},
          {"unpriced_calls", totals.unpriced},
          {"estimated_calls", totals.estimated},
          {"input_tokens", totals.input_tokens},
          {"cached_input_tokens", totals.cached_input_tokens},
          {"output_tokens", totals.output_tokens},
          {"cost_usd", totals.cost.to_string()},
          {"saved_usd", totals.saved.to_string()}};
}

}  // namespace

Result<store::UsageFilter> read_usage_wish(const UsageWish& wish, base::Timestamp now) {
  store::UsageFilter filter;
  TRY(filter.to, read_day(wish.to, "to", Date(std::chrono::floor<std::chrono::days>(now))));
  TRY(filter.from, read_day(wish.from, "from", Date(filter.to.day() - kUsualDays + std::chrono::days(1))));
  if (filter.to < filter.from) return base::fail(ErrorCode::kInvalidArgument, "`from` is after `to`");
  if (wish.by.empty()) return filter;
  const auto group = store::parse_usage_group(wish.by);
  if (!group) {
    return base::fail(ErrorCode::kInvalidArgument, "`by` must be day, account, key, session, task, tier or model");
  }
  filter.by = *group;
  return filter;
}

Value usage_view(const store::UsageFilter& filter, const store::UsageReport& report) {
  Value::List rows;
  for (const auto& row : report.rows) {
    auto view = totals_view(row.totals);
    view.emplace("name", row.name);
    rows.emplace_back(std::move(view));
  }
  return Value::Record{{"from", filter.from.to_string()},
                       {"to", filter.to.to_string()},
                       {"by", name(filter.by)},
                       {"total", totals_view(report.total)},
                       {"rows", std::move(rows)}};
}

}  // namespace tollgate::api
