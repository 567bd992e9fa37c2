#include "llm/service_tier.hpp"

#include <array>
#include <utility>

namespace tollgate::llm {
namespace {

constexpr std::array<std::pair<ServiceTier, std::string_view>, 5> kTiers{{{ServiceTier::kStandard, "standard"},
                                                                          {ServiceTier::kBatch, "batch"},
                                                                          {ServiceTier::kFlex, "flex"},
                                                                          {ServiceTier::kPriority, "priority"},
                                                                          {ServiceTier::kOther, "other"}}};

}  // namespace

std::string_view name(ServiceTier tier) {
  return kTiers[static_cast<std::size_t>(tier)].second;
}

std::optional<ServiceTier> parse_service_tier(std::string_view name) {
  for (const auto& [tier, its_name] : kTiers) {
    if (its_name == name && tier != ServiceTier::kOther) return tier;
  }
  return std::nullopt;
}

// OpenAI's "scale" is capacity paid for in advance; the tokens have their usual price.
ServiceTier service_tier_of(std::string_view reported) {
  if (reported.empty() || reported == "default" || reported == "auto" || reported == "scale")
    return ServiceTier::kStandard;
  return parse_service_tier(reported).value_or(ServiceTier::kOther);
}

}  // namespace tollgate::llm
