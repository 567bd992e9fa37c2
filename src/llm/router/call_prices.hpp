// What the calls of a router cost, by the prices that its configuration holds.
//
// A provider's prices stand under the name that the configuration gives it, or else under that of its kind.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "llm/pricing.hpp"
#include "llm/router/router_config.hpp"

namespace tollgate::llm {

// nullopt: unpriced.
std::optional<Cost> cost_of_reply(const RouterConfig& config, const ChatReply& reply, base::Timestamp at);

// Before the call, for the dearest of its targets that have a price; see estimated_cost(). nullopt: none has one.
// `max_tokens` 0: the request sets no limit, so kUsualMaxTokens are assumed.
inline constexpr std::int64_t kUsualMaxTokens = 4'096;
std::optional<base::PicoUsd> estimate_of_call(const RouterConfig& config, const std::vector<Target>& targets,
                                              std::int64_t prompt_bytes, std::int64_t max_tokens, base::Timestamp at);

std::int64_t prompt_bytes(const ChatRequest& request);

}  // namespace tollgate::llm
