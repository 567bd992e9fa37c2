// Which model does which work.
#pragma once

#include <map>
#include <string>

#include "llm/provider.hpp"

namespace tollgate::engine {

// Borrowed provider; without one the deterministic pre-checks stand alone and nothing is drafted.
struct Models {
  llm::Provider* provider = nullptr;
  std::map<llm::Tier, std::string> by_tier{};

  bool available() const { return provider != nullptr; }
};

}  // namespace tollgate::engine
