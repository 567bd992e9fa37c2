// Tells of every call how it went: whoever counts, measures or bills is an observer of this one place.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "llm/provider.hpp"

namespace tollgate::llm {

// One call as its caller saw it, attempts and fallbacks included. References are valid during on_call() only.
struct CallRecord {
  const ChatRequest& request;
  const base::Result<ChatReply>& reply;
  std::chrono::steady_clock::duration duration{};
  std::optional<std::chrono::steady_clock::duration> first_text{};  // of a stream
};

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void on_call(const CallRecord& record) = 0;  // any thread; must not throw or block
};

// The observers must outlive the provider.
std::unique_ptr<Provider> make_metered_provider(std::unique_ptr<Provider> inner, std::vector<CallObserver*> observers);

}  // namespace tollgate::llm
