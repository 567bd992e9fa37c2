#include "llm/router/upstream_states.hpp"

namespace tollgate::llm {

UpstreamState& UpstreamStates::of(std::string_view upstream, std::string_view model) {
  const std::lock_guard lock(mutex_);
  Name name{upstream, model};
  auto found = states_.find(name);
  if (found == states_.end() && states_.size() >= kMaxStates) {
    name.second.clear();
    found = states_.find(name);
  }
  if (found == states_.end()) found = states_.emplace(std::move(name), std::make_unique<UpstreamState>(config_)).first;
  return *found->second;
}

}  // namespace tollgate::llm
