#include "llm/router/router_config.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::llm {
namespace {

bool speaks(const ProviderConfig& provider, WireFormat format) {
  return (provider.kind == ProviderKind::kAnthropic) == (format == WireFormat::kAnthropic);
}

bool lists(const ProviderConfig& provider, std::string_view model) {
  return std::find(provider.models.begin(), provider.models.end(), model) != provider.models.end();
}

}  // namespace

std::string_view name(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kAnthropic: return "anthropic";
    case ProviderKind::kOpenAi: return "openai";
    case ProviderKind::kOllama: return "ollama";
  }
  return "openai";
}

const ProviderConfig* RouterConfig::find_provider(std::string_view name) const {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [name](const ProviderConfig& provider) { return provider.name == name; });
  return found == providers.end() ? nullptr : &*found;
}

base::Result<std::vector<Target>> resolve_model(const RouterConfig& config, std::string_view model,
                                                std::optional<WireFormat> format) {
  for (const auto& [tier, targets] : config.tiers) {
    if (name(tier) == model) return targets;
  }
  if (const auto target = Target::parse(model)) {
    const auto* provider = config.find_provider(target->provider);
    if (provider && (provider->models.empty() || lists(*provider, target->model))) return std::vector{*target};
  }
  for (const auto& provider : config.providers) {
    if (lists(provider, model)) return std::vector{Target{provider.name, std::string(model)}};
  }
  for (const auto& provider : config.providers) {
    if (provider.models.empty() && format && speaks(provider, *format))
      return std::vector{Target{provider.name, std::string(model)}};
  }
  return base::fail(base::ErrorCode::kNotFound,
                    fmt::format("there is no model {}: ask for a tier (fast, balanced, powerful), PROVIDER/MODEL, or "
                                "one that GET /v1/models lists",
                                base::shortened(model, 100)));
}

}  // namespace tollgate::llm
