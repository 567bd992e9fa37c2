#include "llm/router/saving_provider.hpp"

#include <utility>

#include "llm/router/call_prices.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::PicoUsd;
using base::Result;

class SavingProvider final : public Provider {
 public:
  SavingProvider(std::unique_ptr<Provider> inner, std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                 UsageSink* usage)
      : inner_(std::move(inner)), config_(std::move(config)), clock_(clock), usage_(usage) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    const auto now = clock_.now();
    auto reply = co_await inner_->complete(context, request, on_text);
    const bool is_saved =
        reply && (reply->passage.cache == CacheOutcome::kHit || reply->passage.cache == CacheOutcome::kCoalesced);
    if (!is_saved) co_return reply;
    reply->passage.cost = PicoUsd();
    // The cache does not keep what was asked for; it was looked up under this.
    if (reply->passage.target.model.empty() && !request.targets.empty())
      reply->passage.target = request.targets.front();
    const auto saved = cost_of_reply(*config_, *reply, now);
    if (usage_ != nullptr) {
      usage_->record({.day = base::day_of(now),
                      .scope = request.scope,
                      .task = request.task,
                      .tier = tier_named(request.model),
                      .target = {reply->provider, reply->model},
                      .basis = CostBasis::kSaved,
                      .saved = saved ? saved->total : PicoUsd()});
    }
    co_return reply;
  }

 private:
  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::shared_ptr<const RouterConfig> config_;  // shared by the routers of all threads
  base::Clock& clock_;
  UsageSink* const usage_;  // may be absent
};

}  // namespace

std::unique_ptr<Provider> make_saving_provider(std::unique_ptr<Provider> inner,
                                               std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                               UsageSink* usage) {
  return std::make_unique<SavingProvider>(std::move(inner), std::move(config), clock, usage);
}

}  // namespace tollgate::llm
