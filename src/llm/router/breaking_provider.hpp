// A provider's replica behind its breaker: refuses at once with kUnavailable while it is open, measures the load, and
// lets a replica rest that asked to slow down.
#pragma once

#include <memory>
#include <string>

#include "llm/provider.hpp"
#include "llm/router/upstream_states.hpp"

namespace tollgate::llm {

// `states` must outlive the provider.
std::unique_ptr<Provider> make_breaking_provider(std::unique_ptr<Provider> inner, std::string upstream,
                                                 UpstreamStates& states);

}  // namespace tollgate::llm
