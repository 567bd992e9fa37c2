#include "cli/providers.hpp"

#include <map>

namespace tollgate::cli {
namespace {

using base::ErrorCode;
using llm::Tier;

// Defaults as of the price lists of 2026-10; every one can be set with TOLLGATE_MODEL_FAST, _BALANCED, _POWERFUL.
const std::map<std::string, std::map<Tier, std::string>>& default_models() {
  static const std::map<std::string, std::map<Tier, std::string>> kModels = {
      {"anthropic",
       {{Tier::kFast, "claude-haiku-5-5"},
        {Tier::kBalanced, "claude-sonnet-5-5"},
        {Tier::kPowerful, "claude-opus-5-5"}}},
      {"openai", {{Tier::kFast, "gpt-5.6-luna"}, {Tier::kBalanced, "gpt-5.6-terra"}, {Tier::kPowerful, "gpt-5.5"}}},
      {"ollama", {{Tier::kFast, "llama3.1"}, {Tier::kBalanced, "llama3.1"}, {Tier::kPowerful, "llama3.1"}}}};
  return kModels;
}

std::string resolve_auto(const Config& config) {
  if (!config.anthropic.api_key.empty()) return "anthropic";
  if (!config.openai.api_key.empty() || !config.openai.base_url.empty()) return "openai";
  if (!config.ollama.base_url.empty()) return "ollama";
  return "offline";
}

bool is_set_up(const ProviderSettings& settings) {
  return !settings.api_key.empty() || !settings.base_url.empty();
}

base::Status check_is_set_up(const Config& config, const std::string& provider) {
  if (provider == "anthropic" && config.anthropic.api_key.empty())
    return base::fail(ErrorCode::kInvalidArgument,
                      "the provider anthropic needs ANTHROPIC_API_KEY (or ANTHROPIC_API_KEY_FILE)");
  if (provider == "openai" && !is_set_up(config.openai))
    return base::fail(ErrorCode::kInvalidArgument,
                      "the provider openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a local server");
  return {};
}

llm::ProviderConfig provider_config(const std::string& name, llm::ProviderKind kind, const ProviderSettings& settings) {
  return {.name = name, .kind = kind, .upstreams = {{settings.base_url, settings.api_key}}};
}

std::shared_ptr<const llm::RouterConfig> simple_router(const Config& config, const std::string& chosen) {
  auto router = std::make_shared<llm::RouterConfig>();
  const auto add = [&](const char* name, llm::ProviderKind kind, const ProviderSettings& settings, bool set_up) {
    if (set_up || chosen == name) router->providers.push_back(provider_config(name, kind, settings));
  };
  add("anthropic", llm::ProviderKind::kAnthropic, config.anthropic, !config.anthropic.api_key.empty());
  add("openai", llm::ProviderKind::kOpenAi, config.openai, is_set_up(config.openai));
  add("ollama", llm::ProviderKind::kOllama, config.ollama, is_set_up(config.ollama));
  for (const auto& [tier, model] : default_models().at(chosen)) {
    const auto set = config.models.find(std::string(llm::name(tier)));
    router->tiers[tier] = {{chosen, set == config.models.end() ? model : set->second}};
  }
  return router;
}

}  // namespace

base::Result<ChosenModels> choose_models(const Config& config) {
  if (config.router && config.provider != "offline")
    return ChosenModels{config.router->tiers.at(Tier::kBalanced).front().provider, config.router};
  const auto chosen = config.provider == "auto" ? resolve_auto(config) : config.provider;
  if (chosen == "offline") return ChosenModels{chosen};
  TRY_STATUS(check_is_set_up(config, chosen));
  return ChosenModels{chosen, simple_router(config, chosen)};
}

}  // namespace tollgate::cli
