// Which provider and which models the settings choose.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "llm/provider.hpp"
#include "net/http_client.hpp"

namespace tollgate::cli {

struct ChosenProvider {
  std::string name;                           // "offline": no provider
  std::unique_ptr<llm::Provider> provider{};  // null when offline
  std::map<llm::Tier, std::string> models{};
};

// `auto` takes the first that is set up: Anthropic (key), OpenAI (key or base URL), Ollama (OLLAMA_HOST), offline.
// kInvalidArgument names the setting that is missing for a provider asked for by name. `client` must outlive it.
base::Result<ChosenProvider> choose_provider(const Config& config, net::HttpClient& client);

}  // namespace tollgate::cli
