// Tells the sink of the calls that did not have to be made, and what they would have cost.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "llm/provider.hpp"
#include "llm/router/router_config.hpp"
#include "llm/usage_sink.hpp"

namespace tollgate::llm {

// Stands above everything that saves calls: replies from the cache and of a call that others made cost nothing.
// `usage` may be absent; it must outlive the provider.
std::unique_ptr<Provider> make_saving_provider(std::unique_ptr<Provider> inner,
                                               std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                               UsageSink* usage);

}  // namespace tollgate::llm
