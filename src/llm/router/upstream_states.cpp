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

void UpstreamStates::configure(BreakerConfig config) {
  const std::lock_guard lock(mutex_);
  config_ = config;
  for (const auto& [name, state] : states_) state->breaker.configure(config);
}

void UpstreamStates::forget(std::string_view upstream) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, state] : states_) {
    if (name.first != upstream) continue;
    state->breaker.reset();
    state->load.forget();
  }
}

}  // namespace tollgate::llm
