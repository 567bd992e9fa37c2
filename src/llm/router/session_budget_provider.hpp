// Holds back of a session's budget what each of its calls may cost, and refuses those that it does not cover.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "llm/provider.hpp"
#include "llm/router/router_config.hpp"
#include "llm/session_budgets.hpp"

namespace tollgate::llm {

// Stands below everything that saves calls: a reply that is there already needs no budget. While calls under way hold
// what would be enough, a call waits, but not beyond its deadline. Errors as SessionBudgets::reserve(); kForbidden:
// none of its models has a price, so that no budget could be kept. Calls of no session are not looked at.
std::unique_ptr<Provider> make_session_budget_provider(std::unique_ptr<Provider> inner,
                                                       std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                                       SessionBudgets& budgets);

}  // namespace tollgate::llm
