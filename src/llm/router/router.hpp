// The LLM router: one Provider that knows many. make_router() is the whole way of a call, to be read from below:
// resolve → metered → saving → cached → single-flight → claimed → cached → session's budget → billed → retrying →
// breaker → limits → provider.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cache/byte_cache.hpp"
#include "cache/claims.hpp"
#include "llm/provider.hpp"
#include "llm/reply_memory.hpp"
#include "llm/router/billed_provider.hpp"
#include "llm/router/flight.hpp"
#include "llm/router/limited_provider.hpp"
#include "llm/router/metered_provider.hpp"
#include "llm/router/reply_selection.hpp"
#include "llm/router/router_config.hpp"
#include "llm/router/upstream_states.hpp"
#include "net/http_client.hpp"
#include "net/task_scope.hpp"

namespace tollgate::llm {

// What the routers of all threads share, and keep when the configuration is read again.
struct RouterShared {
  explicit RouterShared(const RouterConfig& config);

  // The settings of a configuration that was read again. Breakers, loads and the retry budget go on as they stand, but
  // for those of servers and keys that were not there before. By one thread at a time, before the routers replace
  // theirs.
  void take_over(const RouterConfig& config);

  UpstreamStates states;
  RetryBudget retries;
  Flights flights;
  CallPaces paces;
  std::vector<CallObserver*> observers{};
  Billing billing{};

 private:
  std::map<std::string, UpstreamConfig> upstreams_;  // by the names of their states
};

// Of one thread; all must outlive the router, and `scope` be joined before it goes.
struct RouterParts {
  net::HttpClient& http;
  cache::ByteCache& cache;
  net::TaskScope& scope;
  base::Clock& clock;
  RouterShared& shared;
  std::size_t threads = 1;          // that share a provider's limit of calls at once
  cache::Claims* claims = nullptr;  // of all nodes; may be absent
};

std::unique_ptr<Provider> make_router(std::shared_ptr<const RouterConfig> config, RouterParts parts);

// A router whose configuration can be replaced; calls under way end with the one they began with. Used on its executor.
class ReloadableRouter final : public Provider, public ReplyMemory {
 public:
  ReloadableRouter(std::shared_ptr<const RouterConfig> config, RouterParts parts);

  void replace(std::shared_ptr<const RouterConfig> config);
  const RouterConfig& config() const { return *config_; }

  // Serves none of these replies any more. kUnavailable, kTimeout: not all nodes may have heard of it; try again.
  boost::asio::awaitable<base::Status> forget(ReplySelection selection);

  void remember(ChatRequest request, ChatReply reply) override;

  std::string_view name() const override { return "router"; }
  boost::asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                                           const TextSink& on_text = {}) override;

 private:
  const RouterParts parts_;
  std::shared_ptr<const RouterConfig> config_;
  std::shared_ptr<Provider> current_;  // shared with the calls under way
};

}  // namespace tollgate::llm
