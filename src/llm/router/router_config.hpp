// What the router works by: providers, which models a tier stands for, and how patient it is. Plain settings, read from
// a YAML file (docs/llm-router.md) or made from the simple settings of a single provider.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "llm/anthropic_wire.hpp"
#include "llm/chat.hpp"
#include "llm/openai_wire.hpp"
#include "llm/price_reader.hpp"
#include "llm/router/breaker.hpp"
#include "llm/router/cached_provider.hpp"
#include "llm/router/retry_policy.hpp"
#include "llm/router/single_flight_provider.hpp"

namespace tollgate::llm {

enum class ProviderKind { kAnthropic, kOpenAi, kOllama };
std::string_view name(ProviderKind kind);

// One server with one key: what has a breaker of its own.
struct UpstreamConfig {
  std::string base_url{};  // empty: the provider's own
  std::string api_key{};   // secret

  friend bool operator==(const UpstreamConfig&, const UpstreamConfig&) = default;
};

struct ProviderConfig {
  std::string name;
  ProviderKind kind = ProviderKind::kOpenAi;
  std::vector<UpstreamConfig> upstreams;  // at least one; calls are shared out among them
  std::vector<std::string> models{};      // that clients may name; empty: any
  std::size_t concurrency = 0;            // calls at once; 0: no limit
  std::int64_t requests_per_minute = 0;   // 0: no limit
  openai::Options openai{};
  anthropic::JsonReplies anthropic_json = anthropic::JsonReplies::kOutputFormat;
};

struct RouterConfig {
  std::vector<ProviderConfig> providers{};
  std::map<Tier, std::vector<Target>> tiers{};  // in order of preference
  RetryConfig retry{};
  BreakerConfig breaker{};
  ReplyCacheConfig cache{};
  std::chrono::milliseconds first_token_timeout{60'000};  // of a stream
  WhenAbandoned when_abandoned = WhenAbandoned::kCancel;
  std::shared_ptr<const PriceTable> prices = builtin_prices();  // shared by all threads; never null

  const ProviderConfig* find_provider(std::string_view name) const;
};

// Where the values of settings that are secrets come from: `api_key_env: NAME` asks for NAME.
using SecretSource = std::function<std::optional<std::string>(std::string_view name)>;

// kInvalidArgument: the file's mistakes, each with its line.
base::Result<RouterConfig> read_router_config(std::string_view yaml, const std::string& file,
                                              const SecretSource& environment);

// The models a name stands for: a tier's name, PROVIDER/MODEL, or a model that one provider lists (or any model, where
// one provider of the client's own format takes all). kNotFound names what can be asked for.
base::Result<std::vector<Target>> resolve_model(const RouterConfig& config, std::string_view model,
                                                std::optional<WireFormat> format);

}  // namespace tollgate::llm
