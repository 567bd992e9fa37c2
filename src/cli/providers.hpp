// Which models the settings choose.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "llm/router/router_config.hpp"

namespace tollgate::cli {

struct ChosenModels {
  std::string name;                                   // of the provider that is asked first; "offline": none
  std::shared_ptr<const llm::RouterConfig> router{};  // shared by all threads; null when offline
};

// The file of `llm_config` where it is set. Otherwise every provider that is set up can be called through the gateway,
// and sessions use the one of `provider`; `auto` takes the first that is set up: Anthropic (key), OpenAI (key or base
// URL), Ollama (OLLAMA_HOST), offline. kInvalidArgument names the setting that is missing for a provider asked for by
// name.
base::Result<ChosenModels> choose_models(const Config& config);

}  // namespace tollgate::cli
