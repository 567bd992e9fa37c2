// Calls to the models of one run: says for whom they are made, and counts what was used.
//
// Ownership: holds references only; the models must outlive it.
// Executor:  the run's; any number of calls at once.
// Cancel:    cancelling a call ends it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "engine/models.hpp"
#include "llm/structured_call.hpp"
#include "store/session_store.hpp"

namespace tollgate::engine {

// Told before another attempt is made. Must not throw or block.
using CallRetryObserver = std::function<void(llm::Task task, const base::Error& why, int tries)>;

class ModelCalls {
 public:
  ModelCalls(const Models& models, std::chrono::milliseconds timeout, std::string correlation_id,
             CallRetryObserver on_retry);

  bool available() const { return models_.available(); }
  bool can_recall() const { return models_.available() && models_.memory != nullptr; }

  // Whose session it is and what its replies depend on besides the prompt; before the first call.
  void set_scope(llm::CallScope scope) { scope_ = std::move(scope); }

  // The error of the last attempt. REQUIRES: available().
  store::Async<llm::StructuredReply> call(llm::Tier tier, llm::ChatRequest request);

  // The reply that is kept for it; nothing when a call would have to be made.
  boost::asio::awaitable<std::optional<llm::StructuredReply>> recall(llm::Tier tier, llm::ChatRequest request);

  // Keeps what was a part of `whole` as the reply to a request of its own.
  void remember(llm::ChatRequest request, base::Value part, const llm::StructuredReply& whole);

  void stop_retrying() { retries_ = false; }  // once the run has failed elsewhere, nothing new is begun

  int made() const { return made_; }    // repairs included
  int saved() const { return saved_; }  // that the cache answered
  const llm::Usage& usage() const { return usage_; }

 private:
  void count(const llm::StructuredReply& reply);

  // Constant after construction.
  const Models& models_;
  const std::chrono::milliseconds timeout_;
  const std::string correlation_id_;
  const CallRetryObserver on_retry_;

  // Used only on the executor.
  llm::CallScope scope_{};
  bool retries_ = true;
  int made_ = 0;
  int saved_ = 0;
  llm::Usage usage_{};
};

}  // namespace tollgate::engine
