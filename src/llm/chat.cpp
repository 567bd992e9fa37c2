#include "llm/chat.hpp"

namespace tollgate::llm {

std::string_view name(Tier tier) {
  switch (tier) {
    case Tier::kFast: return "fast";
    case Tier::kBalanced: return "balanced";
    case Tier::kPowerful: return "powerful";
  }
  return "balanced";
}

std::string_view tier_named(std::string_view model) {
  for (const auto tier : {Tier::kFast, Tier::kBalanced, Tier::kPowerful}) {
    if (model == name(tier)) return name(tier);
  }
  return {};
}

std::string_view name(Task task) {
  switch (task) {
    case Task::kAssess: return "assess";
    case Task::kDraft: return "draft";
    case Task::kFollowUp: return "follow_up";
    case Task::kConsistency: return "consistency";
    case Task::kGateway: return "gateway";
  }
  return "assess";
}

std::string_view name(CacheOutcome outcome) {
  switch (outcome) {
    case CacheOutcome::kBypass: return "bypass";
    case CacheOutcome::kMiss: return "miss";
    case CacheOutcome::kHit: return "hit";
    case CacheOutcome::kCoalesced: return "coalesced";
  }
  return "bypass";
}

}  // namespace tollgate::llm
