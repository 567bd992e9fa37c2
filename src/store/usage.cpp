#include "store/usage.hpp"

#include <array>
#include <utility>

namespace tollgate::store {
namespace {

constexpr std::array<std::pair<UsageGroup, std::string_view>, 7> kGroups{{{UsageGroup::kDay, "day"},
                                                                          {UsageGroup::kAccount, "account"},
                                                                          {UsageGroup::kKey, "key"},
                                                                          {UsageGroup::kSession, "session"},
                                                                          {UsageGroup::kTask, "task"},
                                                                          {UsageGroup::kTier, "tier"},
                                                                          {UsageGroup::kModel, "model"}}};

}  // namespace

void UsageTotals::add(const UsageTotals& other) {
  calls += other.calls;
  hits += other.hits;
  unpriced += other.unpriced;
  estimated += other.estimated;
  input_tokens += other.input_tokens;
  cached_input_tokens += other.cached_input_tokens;
  output_tokens += other.output_tokens;
  cost = base::sum(cost, other.cost);
  saved = base::sum(saved, other.saved);
  charged = base::sum(charged, other.charged);
}

std::optional<UsageGroup> parse_usage_group(std::string_view name) {
  for (const auto& [group, its_name] : kGroups) {
    if (its_name == name) return group;
  }
  return std::nullopt;
}

std::string_view name(UsageGroup group) {
  return kGroups[static_cast<std::size_t>(group)].second;
}

}  // namespace tollgate::store
