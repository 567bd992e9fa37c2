#include "cli/providers.hpp"

#include <fmt/format.h>

#include "llm/anthropic_provider.hpp"
#include "llm/ollama_provider.hpp"
#include "llm/openai_provider.hpp"

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

}  // namespace

base::Result<ChosenProvider> choose_provider(const Config& config, net::HttpClient& client) {
  ChosenProvider chosen{.name = config.provider == "auto" ? resolve_auto(config) : config.provider};
  if (chosen.name == "offline") return chosen;
  if (chosen.name == "anthropic") {
    if (config.anthropic.api_key.empty())
      return base::fail(ErrorCode::kInvalidArgument,
                        "the provider anthropic needs ANTHROPIC_API_KEY (or ANTHROPIC_API_KEY_FILE)");
    llm::AnthropicConfig settings{.api_key = config.anthropic.api_key};
    if (!config.anthropic.base_url.empty()) settings.base_url = config.anthropic.base_url;
    chosen.provider = llm::make_anthropic_provider(client, std::move(settings));
  } else if (chosen.name == "openai") {
    if (config.openai.api_key.empty() && config.openai.base_url.empty()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "the provider openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a local server");
    }
    llm::OpenAiConfig settings{.api_key = config.openai.api_key};
    if (!config.openai.base_url.empty()) settings.base_url = config.openai.base_url;
    chosen.provider = llm::make_openai_provider(client, std::move(settings));
  } else {
    llm::OllamaConfig settings;
    if (!config.ollama.base_url.empty()) settings.host = config.ollama.base_url;
    chosen.provider = llm::make_ollama_provider(client, std::move(settings));
  }
  chosen.models = default_models().at(chosen.name);
  for (auto& [tier, model] : chosen.models) {
    if (const auto it = config.models.find(std::string(llm::name(tier))); it != config.models.end()) model = it->second;
  }
  return chosen;
}

}  // namespace tollgate::cli
