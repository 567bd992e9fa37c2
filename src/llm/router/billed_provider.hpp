// Prices the calls that went to a provider, tells the sink of them and settles what was held back for them.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "llm/budget.hpp"
#include "llm/provider.hpp"
#include "llm/router/router_config.hpp"
#include "llm/session_budgets.hpp"
#include "llm/usage_sink.hpp"

namespace tollgate::llm {

// All may be absent; they must outlive the providers.
struct Billing {
  UsageSink* usage = nullptr;
  Budgets* budgets = nullptr;
  SessionBudgets* sessions = nullptr;
};

// Stands next to the providers, below everything that saves calls: each is billed once, also when nobody waits for it
// any more. Fills in Passage::cost. A call that breaks off after it began to reply, or is cancelled, costs what its
// prompt and the text so far are estimated to.
std::unique_ptr<Provider> make_billed_provider(std::unique_ptr<Provider> inner,
                                               std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                               Billing billing);

}  // namespace tollgate::llm
