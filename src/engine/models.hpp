// Which model does which work.
#pragma once

#include "llm/provider.hpp"
#include "llm/reply_memory.hpp"

namespace tollgate::engine {

// Borrowed provider, which knows the tiers by their names and tries again by itself what may pass; without one the
// deterministic pre-checks stand alone and nothing is drafted.
struct Models {
  llm::Provider* provider = nullptr;
  llm::ReplyMemory* memory = nullptr;  // of the same router; may be absent

  bool available() const { return provider != nullptr; }
};

}  // namespace tollgate::engine
