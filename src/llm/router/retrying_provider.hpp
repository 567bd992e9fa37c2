// Carries a call through its list of targets: the least busy replica of the first one, again after a pause if the
// failure may pass, then the next target. Once a piece of the reply has been handed out, nothing is tried again.
//
// Everything under the caller's deadline: a pause that would end after it is not begun. Waits for a provider that asked
// for it, but not longer than it says; while others can be tried, they are.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "llm/provider.hpp"
#include "llm/router/retry_policy.hpp"
#include "llm/router/upstream_states.hpp"

namespace tollgate::llm {

struct Replica {
  std::string upstream;  // its name among the states
  std::unique_ptr<Provider> provider;
};

// By the provider's name in the configuration.
using Replicas = std::map<std::string, std::vector<Replica>, std::less<>>;

// `states` and `budget` must outlive the provider. Its calls want `targets`, each of a provider that has replicas.
std::unique_ptr<Provider> make_retrying_provider(Replicas replicas, RetryConfig config, UpstreamStates& states,
                                                 RetryBudget& budget);

}  // namespace tollgate::llm
