#include <fmt/format.h>

#include "base/text.hpp"
#include "llm/price_reader.hpp"
#include "llm/router/router_config.hpp"
#include "protocol/include.hpp"
#include "protocol/node_reader.hpp"

namespace tollgate::llm {
namespace {

using protocol::NodeReader;
using protocol::Presence;
using protocol::SourceNode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kDay = 86'400;
constexpr std::size_t kMaxKeyBytes = 4096;

class ConfigReader {
 public:
  ConfigReader(NodeReader& reader, const SecretSource& environment) : reader_(reader), environment_(environment) {}

  RouterConfig read(const SourceNode& root) {
    if (!reader_.mapping(root, "the router's configuration",
                         {"llm", "providers", "tiers", "retry", "breaker", "cache", "first_token_seconds",
                          "whole_reply_seconds", "on_disconnect", "prices"}))
      return {};
    if (reader_.member(root, "llm", Presence::kRequired) != nullptr) reader_.integer(root, "llm", 1, 1);
    if (const auto* providers = reader_.sequence(root, "providers", Presence::kRequired)) {
      for (const auto& provider : providers->items) read_provider(provider);
    }
    if (const auto* tiers = reader_.member(root, "tiers", Presence::kRequired)) read_tiers(*tiers);
    if (const auto* retry = reader_.member(root, "retry")) read_retry(*retry);
    if (const auto* breaker = reader_.member(root, "breaker")) read_breaker(*breaker);
    if (const auto* cache = reader_.member(root, "cache")) read_cache(*cache);
    if (const auto limit = reader_.integer(root, "first_token_seconds", 1, 3600))
      config_.first_token_timeout = seconds(*limit);
    if (const auto limit = reader_.integer(root, "whole_reply_seconds", 1, 3600))
      config_.retry.whole_reply_timeout = seconds(*limit);
    if (reader_.choice(root, "on_disconnect", {"cancel", "drain"}) == "drain")
      config_.when_abandoned = WhenAbandoned::kDrain;
    read_prices(root);
    return std::move(config_);
  }

 private:
  void read_prices(const SourceNode& root) {
    auto prices = load_price_table(reader_.text(root, "prices"));
    if (prices) {
      config_.prices = std::make_shared<const PriceTable>(*std::move(prices));
    } else {
      reader_.error(*reader_.member(root, "prices"), prices.error().message);
    }
  }

  void read_provider(const SourceNode& node) {
    if (!reader_.mapping(node, "a provider",
                         {"name", "kind", "base_urls", "api_key_env", "api_key_files", "models", "concurrency",
                          "requests_per_minute", "json", "token_limit"}))
      return;
    ProviderConfig provider;
    provider.name = reader_.identifier(node, "name");
    if (config_.find_provider(provider.name) != nullptr)
      reader_.error(node, fmt::format("there are two providers called {}", provider.name));
    if (reader_.member(node, "kind", Presence::kRequired) != nullptr) provider.kind = read_kind(node);
    provider.models = reader_.texts(node, "models");
    provider.concurrency = static_cast<std::size_t>(reader_.integer(node, "concurrency", 1, 100'000).value_or(0));
    provider.requests_per_minute = reader_.integer(node, "requests_per_minute", 1, 10'000'000).value_or(0);
    if (reader_.choice(node, "json", {"schema", "object", "tool"}) == "object")
      provider.openai.json = openai::JsonReplies::kJsonObject;
    if (reader_.choice(node, "json", {"schema", "object", "tool"}) == "tool")
      provider.anthropic_json = anthropic::JsonReplies::kToolCall;
    if (reader_.choice(node, "token_limit", {"max_tokens", "max_completion_tokens"}) == "max_tokens")
      provider.openai.token_limit = openai::TokenLimit::kMaxTokens;
    read_upstreams(node, provider);
    config_.providers.push_back(std::move(provider));
  }

  ProviderKind read_kind(const SourceNode& node) {
    const auto kind = reader_.choice(node, "kind", {"anthropic", "openai", "ollama"});
    if (kind == "anthropic") return ProviderKind::kAnthropic;
    return kind == "ollama" ? ProviderKind::kOllama : ProviderKind::kOpenAi;
  }

  // Each address with each key.
  void read_upstreams(const SourceNode& node, ProviderConfig& provider) {
    auto urls = reader_.texts(node, "base_urls");
    auto keys = read_keys(node);
    if (urls.empty()) urls.emplace_back();
    if (keys.empty()) keys.emplace_back();
    for (const auto& url : urls) {
      for (const auto& key : keys) provider.upstreams.push_back({url, key});
    }
  }

  std::vector<std::string> read_keys(const SourceNode& node) {
    std::vector<std::string> keys;
    for (const auto* name : reader_.scalars(node, "api_key_env")) {
      auto key = environment_(name->scalar);
      if (key && !key->empty()) {
        keys.push_back(*std::move(key));
      } else {
        reader_.error(*name, fmt::format("the environment variable {} is not set", base::shortened(name->scalar, 100)));
      }
    }
    for (const auto* path : reader_.scalars(node, "api_key_files")) {
      const auto key = protocol::read_file(path->scalar, kMaxKeyBytes);
      if (key && !base::trim(*key).empty()) {
        keys.emplace_back(base::trim(*key));
      } else {
        reader_.error(*path, key ? "the file holds no key" : key.error().message);
      }
    }
    return keys;
  }

  void read_tiers(const SourceNode& node) {
    if (!reader_.mapping(node, "tiers", {"fast", "balanced", "powerful"})) return;
    for (const auto tier : {Tier::kFast, Tier::kBalanced, Tier::kPowerful}) {
      auto& targets = config_.tiers[tier];
      for (const auto* text : reader_.scalars(node, name(tier))) {
        const auto target = Target::parse(text->scalar);
        if (!target || config_.find_provider(target->provider) == nullptr) {
          reader_.error(*text, fmt::format("'{}' is not PROVIDER/MODEL with one of the providers above",
                                           base::shortened(text->scalar, 100)));
        } else {
          targets.push_back(*target);
        }
      }
      if (targets.empty() && !reader_.failed())
        reader_.error(node, fmt::format("the tier {} has no model", name(tier)),
                      "every tier needs at least one PROVIDER/MODEL");
    }
  }

  void read_retry(const SourceNode& node) {
    if (!reader_.mapping(node, "retry",
                         {"tries", "first_backoff_ms", "max_backoff_ms", "max_retry_after_seconds", "budget_percent"}))
      return;
    auto& retry = config_.retry;
    retry.max_tries = static_cast<int>(reader_.integer(node, "tries", 1, 10).value_or(retry.max_tries));
    if (const auto ms = reader_.integer(node, "first_backoff_ms", 1, 60'000)) retry.first_backoff = milliseconds(*ms);
    if (const auto ms = reader_.integer(node, "max_backoff_ms", 1, 600'000)) retry.max_backoff = milliseconds(*ms);
    if (const auto time = reader_.integer(node, "max_retry_after_seconds", 0, kDay))
      retry.max_retry_after = seconds(*time);
    if (const auto percent = reader_.integer(node, "budget_percent", 0, 100))
      retry.budget_share = static_cast<double>(*percent) / 100;
  }

  void read_breaker(const SourceNode& node) {
    if (!reader_.mapping(node, "breaker",
                         {"failure_percent", "min_calls", "failures_in_a_row", "open_seconds", "max_open_seconds"}))
      return;
    auto& breaker = config_.breaker;
    if (const auto percent = reader_.integer(node, "failure_percent", 1, 100))
      breaker.failure_share = static_cast<double>(*percent) / 100;
    breaker.min_calls = static_cast<int>(reader_.integer(node, "min_calls", 1, 100'000).value_or(breaker.min_calls));
    breaker.failures_in_a_row =
        static_cast<int>(reader_.integer(node, "failures_in_a_row", 1, 100'000).value_or(breaker.failures_in_a_row));
    if (const auto time = reader_.integer(node, "open_seconds", 1, 3600)) breaker.open_for = seconds(*time);
    if (const auto time = reader_.integer(node, "max_open_seconds", 1, 3600)) breaker.max_open_for = seconds(*time);
  }

  void read_cache(const SourceNode& node) {
    if (!reader_.mapping(node, "cache", {"ttl_seconds", "tasks", "keep_cut_replies", "keep_sampled"})) return;
    constexpr std::int64_t kMaxTtl = 30 * kDay;
    auto& cache = config_.cache;
    if (const auto ttl = reader_.integer(node, "ttl_seconds", 0, kMaxTtl)) cache.ttl = seconds(*ttl);
    cache.keep_cut_replies = reader_.boolean(node, "keep_cut_replies").value_or(cache.keep_cut_replies);
    cache.keep_sampled = reader_.boolean(node, "keep_sampled").value_or(cache.keep_sampled);
    const auto* tasks = reader_.member(node, "tasks");
    if (tasks == nullptr ||
        !reader_.mapping(*tasks, "tasks", {"assess", "draft", "follow_up", "consistency", "gateway"}))
      return;
    for (const auto task : {Task::kAssess, Task::kDraft, Task::kFollowUp, Task::kConsistency, Task::kGateway}) {
      if (const auto ttl = reader_.integer(*tasks, name(task), 0, kMaxTtl)) cache.ttl_by_task[task] = seconds(*ttl);
    }
  }

  NodeReader& reader_;
  const SecretSource& environment_;
  RouterConfig config_;
};

}  // namespace

base::Result<RouterConfig> read_router_config(std::string_view yaml, const std::string& file,
                                              const SecretSource& environment) {
  const auto tree = protocol::parse_yaml(yaml, file);
  if (!tree) return base::fail(base::ErrorCode::kInvalidArgument, protocol::to_string(tree.error()));
  NodeReader reader;
  auto config = ConfigReader(reader, environment).read(*tree);
  if (!reader.failed()) return config;
  return base::fail(base::ErrorCode::kInvalidArgument, protocol::to_string(reader.take_diagnostics()));
}

}  // namespace tollgate::llm
