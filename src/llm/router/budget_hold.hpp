// Holds back of a key's budget what a call may cost, before it is made.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "llm/budget.hpp"
#include "llm/chat.hpp"
#include "llm/router/router_config.hpp"

namespace tollgate::llm {

// For ChatRequest::held; nullptr when only a stored reply is wanted, which costs nothing. `request` is as a router gets
// it. kRateLimited as Budgets::reserve(); kForbidden: none of its models has a price, so that no budget could be kept.
base::Result<std::shared_ptr<Reservation>> hold_back(Budgets& budgets, const RouterConfig& config,
                                                     const ChatRequest& request, base::PicoUsd limit,
                                                     base::Timestamp now);

}  // namespace tollgate::llm
