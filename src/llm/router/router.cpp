#include "llm/router/router.hpp"

#include <utility>

#include <fmt/format.h>

#include "llm/anthropic_provider.hpp"
#include "llm/ollama_provider.hpp"
#include "llm/openai_provider.hpp"
#include "llm/router/breaking_provider.hpp"
#include "llm/router/cache_key.hpp"
#include "llm/router/claimed_provider.hpp"
#include "llm/router/retrying_provider.hpp"
#include "llm/router/saving_provider.hpp"
#include "llm/router/session_budget_provider.hpp"
#include "llm/router/stored_reply.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;

// Finds out which models a request means.
class ResolvingProvider final : public Provider {
 public:
  ResolvingProvider(std::unique_ptr<Provider> inner, std::shared_ptr<const RouterConfig> config)
      : inner_(std::move(inner)), config_(std::move(config)) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& asked,
                                                    const TextSink& on_text) override {
    const auto format = asked.wire ? std::optional(asked.wire->format) : std::nullopt;
    auto request = asked;
    CO_TRY(request.targets, resolve_model(*config_, asked.model, format));
    co_return co_await inner_->complete(context, request, on_text);
  }

 private:
  const std::unique_ptr<Provider> inner_;
  const std::shared_ptr<const RouterConfig> config_;  // shared by the routers of all threads
};

std::unique_ptr<Provider> make_upstream(const ProviderConfig& config, const UpstreamConfig& upstream,
                                        const RouterConfig& router, net::HttpClient& http) {
  const auto timeout = router.first_token_timeout;
  switch (config.kind) {
    case ProviderKind::kAnthropic: {
      AnthropicConfig settings{.api_key = upstream.api_key, .json = config.anthropic_json};
      if (!upstream.base_url.empty()) settings.base_url = upstream.base_url;
      return make_anthropic_provider(http, std::move(settings), timeout);
    }
    case ProviderKind::kOpenAi: {
      OpenAiConfig settings{.api_key = upstream.api_key, .options = config.openai};
      if (!upstream.base_url.empty()) settings.base_url = upstream.base_url;
      return make_openai_provider(http, std::move(settings), timeout);
    }
    case ProviderKind::kOllama: {
      OllamaConfig settings;
      if (!upstream.base_url.empty()) settings.host = upstream.base_url;
      return make_ollama_provider(http, std::move(settings), timeout);
    }
  }
  return nullptr;
}

std::size_t share_of(std::size_t limit, std::size_t threads) {
  return limit == 0 ? 0 : std::max<std::size_t>(1, limit / threads);
}

// Its name among the states.
std::string upstream_name(const ProviderConfig& provider, std::size_t i) {
  return fmt::format("{}#{}", provider.name, i + 1);
}

std::map<std::string, UpstreamConfig> upstreams_of(const RouterConfig& config) {
  std::map<std::string, UpstreamConfig> upstreams;
  for (const auto& provider : config.providers) {
    for (std::size_t i = 0; i < provider.upstreams.size(); ++i)
      upstreams.emplace(upstream_name(provider, i), provider.upstreams[i]);
  }
  return upstreams;
}

Replicas make_replicas(const RouterConfig& config, const RouterParts& parts) {
  Replicas replicas;
  for (const auto& provider : config.providers) {
    const ProviderLimits limits{share_of(provider.concurrency, parts.threads), provider.requests_per_minute};
    for (std::size_t i = 0; i < provider.upstreams.size(); ++i) {
      const auto upstream = upstream_name(provider, i);
      auto chain = make_upstream(provider, provider.upstreams[i], config, parts.http);
      chain = make_limited_provider(std::move(chain), provider.name, limits, parts.shared.paces);
      chain = make_breaking_provider(std::move(chain), upstream, parts.shared.states);
      replicas[provider.name].push_back({upstream, std::move(chain)});
    }
  }
  return replicas;
}

}  // namespace

RouterShared::RouterShared(const RouterConfig& config)
    : states(config.breaker), retries(config.retry), upstreams_(upstreams_of(config)) {}

void RouterShared::take_over(const RouterConfig& config) {
  states.configure(config.breaker);
  retries.configure(config.retry);
  auto upstreams = upstreams_of(config);
  for (const auto& [name, upstream] : upstreams) {
    const auto before = upstreams_.find(name);
    if (before == upstreams_.end() || before->second != upstream) states.forget(name);
  }
  upstreams_ = std::move(upstreams);
}

std::unique_ptr<Provider> make_router(std::shared_ptr<const RouterConfig> config, RouterParts parts) {
  auto& shared = parts.shared;
  auto chain = make_retrying_provider(make_replicas(*config, parts), config->retry, shared.states, shared.retries);
  chain = make_billed_provider(std::move(chain), config, parts.clock, shared.billing);
  if (auto* sessions = shared.billing.sessions)
    chain = make_session_budget_provider(std::move(chain), config, parts.clock, *sessions);
  chain = make_cached_provider(std::move(chain), parts.cache, parts.clock, config->cache, CachePart::kLookUpAndKeep);
  if (parts.claims) chain = make_claimed_provider(std::move(chain), *parts.claims);
  chain = make_single_flight_provider(std::move(chain), shared.flights, parts.scope, config->when_abandoned);
  chain = make_cached_provider(std::move(chain), parts.cache, parts.clock, config->cache, CachePart::kLookUp);
  chain = make_saving_provider(std::move(chain), config, parts.clock, shared.billing.usage);
  chain = make_metered_provider(std::move(chain), shared.observers);
  return std::make_unique<ResolvingProvider>(std::move(chain), std::move(config));
}

ReloadableRouter::ReloadableRouter(std::shared_ptr<const RouterConfig> config, RouterParts parts)
    : parts_(parts), config_(std::move(config)), current_(make_router(config_, parts_)) {}

void ReloadableRouter::replace(std::shared_ptr<const RouterConfig> config) {
  config_ = std::move(config);
  current_ = make_router(config_, parts_);
}

void ReloadableRouter::remember(ChatRequest request, ChatReply reply) {
  const auto ttl = ttl_of(config_->cache, request);
  const bool is_kept = request.cache.store && is_worth_keeping(config_->cache, reply);
  if (ttl <= std::chrono::seconds(0) || !is_kept) return;
  const auto& maker = reply.passage.target;
  parts_.cache.put({cache_key(request, maker).to_hex(), cache_tags(request, maker)}, write_stored_reply(reply), ttl,
                   reply.passage.seen);
}

asio::awaitable<base::Status> ReloadableRouter::forget(ReplySelection selection) {
  co_return co_await llm::forget(parts_.cache, std::move(selection));
}

asio::awaitable<base::Result<ChatReply>> ReloadableRouter::complete(const net::CallContext& context,
                                                                    const ChatRequest& request,
                                                                    const TextSink& on_text) {
  const auto router = current_;
  co_return co_await router->complete(context, request, on_text);
}

}  // namespace tollgate::llm
