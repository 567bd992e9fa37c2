// Runs one session until nothing is left that can be done: answers and drafts, assessments, gates with checkpoints,
// checks, the decision. Everything that is ready runs at once, question by question, within a bound on model calls.
//
// Ownership: holds references only; store, protocols, clock and models must outlive it. One run() per runner.
// Executor:  the one given (one thread); the state needs no lock.
// Cancel:    cancelling run() cancels the calls under way, waits for them to end and returns kCancelled; what was
//            committed stays, and the next run goes on there.
// What each piece of work reads and writes goes through the journal; a model's reply is committed before it is used, so
// that no recorded reply is ever paid for again.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engine/assessor.hpp"
#include "engine/drafter.hpp"
#include "engine/model_calls.hpp"
#include "engine/models.hpp"
#include "engine/session_journal.hpp"
#include "net/task_scope.hpp"
#include "session/planner.hpp"

namespace tollgate::engine {

struct RunnerConfig {
  std::size_t max_calls = 8;                        // pieces of work at once that call a model
  std::chrono::milliseconds call_timeout{120'000};  // attempts and pauses together
  std::chrono::milliseconds lease_ttl{30'000};
};

struct RunReport {
  session::Plan plan;   // what is left: nothing when decided
  int calls = 0;        // model calls made, repairs included
  int saved_calls = 0;  // that the cache answered
  llm::Usage usage{};
};

class SessionRunner {
 public:
  SessionRunner(boost::asio::any_io_executor executor, store::SessionStore& store, ProtocolCache& protocols,
                base::Clock& clock, base::BootId boot, const Models& models, RunnerConfig config, base::SessionId id,
                session::RunPolicy policy, session::Brief brief, RunObserver observer);

  // kNotFound; kConflict while another process runs the session; kCancelled; the first error that work gave up on.
  store::Async<RunReport> run();

 private:
  // What a piece of work keeps others from.
  struct Claim {
    std::size_t calls = 0;
    std::size_t gates = 0;  // one at a time: checkpoints follow each other
  };

  boost::asio::awaitable<void> work_through();
  store::Async<void> append(session::Plan plan);
  bool start_ready(session::Plan plan);
  Claim claim_of(const session::WorkItem& item) const;
  bool is_free(const Claim& claim) const;
  void start(session::WorkItem item);
  boost::asio::awaitable<base::Status> work_of(session::WorkItem item);
  boost::asio::awaitable<void> carry_out(std::vector<std::string> names, Claim claim,
                                         boost::asio::awaitable<base::Status> work);
  boost::asio::awaitable<void> keep_lease();
  void fail(base::Error error);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const base::BootId boot_;
  const base::SessionId id_;
  const RunnerConfig config_;
  const session::Brief brief_;

  // Used only on the executor.
  session::RunPolicy policy_;
  SessionJournal journal_;
  ModelCalls calls_;
  Assessor assessor_;
  Drafter drafter_;
  std::set<std::string> busy_;  // names with work under way or given up
  Claim claimed_{};
  std::size_t tasks_under_way_ = 0;
  std::optional<base::Error> failure_;
  session::Plan left_;
  boost::asio::steady_timer wake_;
  net::TaskScope scope_;  // last: its tasks use the members above
};

}  // namespace tollgate::engine
