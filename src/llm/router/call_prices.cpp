#include "llm/router/call_prices.hpp"

#include <algorithm>

namespace tollgate::llm {
namespace {

// The first answer that is one, of what the provider and the model may be called.
template <typename Ask>
auto under_any_name(const RouterConfig& config, std::string_view provider, const Ask& ask) {
  auto found = ask(provider);
  const auto* settings = config.find_provider(provider);
  if (!found && settings != nullptr) found = ask(name(settings->kind));
  return found;
}

}  // namespace

// What was asked for counts where the reply's own name for it is none that the table has.
std::optional<Cost> cost_of_reply(const RouterConfig& config, const ChatReply& reply, base::Timestamp at) {
  return under_any_name(config, reply.provider, [&](std::string_view provider) {
    auto cost = cost_of(*config.prices, provider, reply.model, reply.usage, at);
    if (!cost) cost = cost_of(*config.prices, provider, reply.passage.target.model, reply.usage, at);
    return cost;
  });
}

std::optional<base::PicoUsd> estimate_of_call(const RouterConfig& config, const std::vector<Target>& targets,
                                              std::int64_t prompt_bytes, std::int64_t max_tokens, base::Timestamp at) {
  std::optional<base::PicoUsd> dearest;
  for (const auto& target : targets) {
    const auto estimate = under_any_name(config, target.provider, [&](std::string_view provider) {
      return estimated_cost(*config.prices, provider, target.model, prompt_bytes,
                            max_tokens > 0 ? max_tokens : kUsualMaxTokens, at);
    });
    if (estimate) dearest = std::max(dearest.value_or(base::PicoUsd()), *estimate);
  }
  return dearest;
}

std::int64_t prompt_bytes(const ChatRequest& request) {
  if (request.wire) return static_cast<std::int64_t>(request.wire->body.size());
  auto bytes = request.system.size();
  for (const auto& message : request.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(bytes);
}

}  // namespace tollgate::llm
