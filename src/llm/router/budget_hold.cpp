#include "llm/router/budget_hold.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "llm/router/call_prices.hpp"

namespace tollgate::llm {

base::Result<std::shared_ptr<Reservation>> hold_back(Budgets& budgets, const RouterConfig& config,
                                                     const ChatRequest& request, base::PicoUsd limit,
                                                     base::Timestamp now) {
  if (request.cache.only) return nullptr;
  const auto format = request.wire ? std::optional(request.wire->format) : std::nullopt;
  TRY(const auto targets, resolve_model(config, request.model, format));
  const auto estimate = estimate_of_call(config, targets, prompt_bytes(request), request.max_tokens, now);
  if (!estimate) {
    return base::fail(
        base::ErrorCode::kForbidden,
        fmt::format("this key has a budget, and {} has no price that could be counted against it: add one "
                    "to the file that `prices` names, or use a key without a budget",
                    base::shortened(request.model, 100)));
  }
  TRY(auto held, budgets.reserve(budget_of_key(request.scope.key), limit, *estimate));
  return std::make_shared<Reservation>(std::move(held));
}

}  // namespace tollgate::llm
