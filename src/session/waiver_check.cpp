#include "session/waiver_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::session {

using base::ErrorCode;

base::Status check_waiver(const protocol::GateRule& rule, const BriefWaiver& waiver) {
  if (!rule.waiver) return base::fail(ErrorCode::kForbidden, fmt::format("the rule {} cannot be waived", rule.id));
  if (waiver.role != rule.waiver->role)
    return base::fail(ErrorCode::kForbidden, fmt::format("only a {} may waive {}", rule.waiver->role, rule.id));
  if (base::trim(waiver.reason).empty())
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("a waiver of {} needs a reason", rule.id));
  const auto& needs = rule.waiver->needs;
  if (std::ranges::find(needs, "due") != needs.end() && !waiver.due)
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("a waiver of {} needs a due date, written as 2027-01-31", rule.id));
  return {};
}

base::Status check_waiver_is_not_overdue(const BriefWaiver& waiver, base::Date today) {
  if (!waiver.due || *waiver.due >= today) return {};
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("the waiver of {} is due on {}, which has passed: agree on a later date", waiver.rule,
                                waiver.due->to_string()));
}

}  // namespace tollgate::session
