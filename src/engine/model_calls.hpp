// Calls to the models of one run: tries again what fails for a passing reason, and counts what was used.
//
// Ownership: holds references only; the models must outlive it.
// Executor:  the one given; any number of calls at once.
// Cancel:    cancelling a call ends it, a pause between two tries too.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/result.hpp"
#include "engine/models.hpp"
#include "llm/structured_call.hpp"
#include "store/session_store.hpp"

namespace tollgate::engine {

struct CallConfig {
  int max_tries = 4;  // of a call that fails for a passing reason
  std::chrono::milliseconds timeout{120'000};
  std::chrono::milliseconds first_backoff{500};  // doubled with each try; half of it is chance
};

// Told before the pause in front of another try. Must not throw or block.
using RetryObserver = std::function<void(llm::Task task, const base::Error& why, int tries)>;

class ModelCalls {
 public:
  ModelCalls(boost::asio::any_io_executor executor, const Models& models, CallConfig config, std::string correlation_id,
             RetryObserver on_retry);

  bool available() const { return models_.available(); }

  // The error of the last try. REQUIRES: available().
  store::Async<llm::StructuredReply> call(llm::Tier tier, llm::ChatRequest request);

  void stop_retrying() { retries_ = false; }  // once the run has failed elsewhere, nothing new is begun

  int made() const { return made_; }  // repairs included
  const llm::Usage& usage() const { return usage_; }

 private:
  void count(const llm::StructuredReply& reply);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const Models& models_;
  const CallConfig config_;
  const std::string correlation_id_;
  const RetryObserver on_retry_;

  // Used only on the executor.
  bool retries_ = true;
  int made_ = 0;
  llm::Usage usage_{};
};

}  // namespace tollgate::engine
