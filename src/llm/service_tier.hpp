// How the provider served a call; it has a factor on the prices of tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::llm {

// kOther: one that is not known here, and has no price.
enum class ServiceTier : std::uint8_t { kStandard, kBatch, kFlex, kPriority, kOther };
std::string_view name(ServiceTier tier);

std::optional<ServiceTier> parse_service_tier(std::string_view name);  // of the price table
ServiceTier service_tier_of(std::string_view reported);                // as a reply says it; empty: the usual one

}  // namespace tollgate::llm
