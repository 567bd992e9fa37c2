// Runs one session until nothing is left that can be done: answers and drafts, assessments, gates with checkpoints,
// checks, the decision. Everything that is ready runs at once, question by question, within a bound on model calls.
//
// Ownership: holds references only; store, protocols, clock and models must outlive it. One run() per runner.
// Executor:  the one given (one thread); the state needs no lock.
// Cancel:    cancelling run() cancels the calls under way, waits for them to end and returns kCancelled; what was
//            committed stays, and the next run goes on there.
// The session is read under the lease, so that nothing another process recorded is done again. An outcome is applied
// after its commit, so that nothing is ever built on one that was not stored.
// A model's reply is committed before it is used, so that no recorded reply is ever paid for again.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engine/models.hpp"
#include "engine/session_loader.hpp"
#include "llm/structured_call.hpp"
#include "net/task_scope.hpp"
#include "session/planner.hpp"

namespace tollgate::engine {

// Told of each stored event, and of "work.started" and "work.retried" which are not stored. Must not throw or block.
using RunObserver =
    std::function<void(const session::Session& session, std::string_view event, const base::Value& body)>;

struct RunnerConfig {
  std::size_t max_calls = 8;  // pieces of work at once that call a model
  int max_tries = 4;          // of a call that fails for a passing reason
  std::chrono::milliseconds call_timeout{120'000};
  std::chrono::milliseconds first_backoff{500};  // doubled with each try; half of it is chance
  std::chrono::milliseconds lease_ttl{30'000};
};

struct RunReport {
  session::Plan plan;  // what is left: nothing when decided
  int calls = 0;       // model calls made, repairs included
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

  const session::Session& session() const { return *loaded_.session; }
  boost::asio::awaitable<void> work_through();
  store::Async<void> catch_up();
  store::Async<void> append(session::Plan plan);
  bool start_ready(session::Plan plan);
  Claim claim_of(const session::WorkItem& item) const;
  bool is_free(const Claim& claim) const;
  void start(session::WorkItem item);
  boost::asio::awaitable<base::Status> work_of(session::WorkItem item);
  boost::asio::awaitable<void> carry_out(std::vector<std::string> names, Claim claim,
                                         boost::asio::awaitable<base::Status> work);
  boost::asio::awaitable<base::Status> assess(std::vector<std::string> questions);
  boost::asio::awaitable<base::Status> draft(std::vector<std::string> questions);
  boost::asio::awaitable<base::Status> evaluate_gate(std::string stage);
  boost::asio::awaitable<base::Status> run_checks(std::vector<std::string> checks);
  boost::asio::awaitable<base::Status> ask_checks(std::vector<std::string> checks);
  boost::asio::awaitable<base::Status> decide();
  boost::asio::awaitable<void> keep_lease();

  store::Async<llm::StructuredReply> call(llm::Tier tier, llm::ChatRequest request);
  store::Async<void> ask_follow_ups(std::vector<session::Assessment>& assessments);
  session::Assessment by_precheck(const std::string& question) const;
  session::Assessment blank_assessment(const std::string& question) const;
  store::Async<void> append_inputs(std::vector<store::NewInput> inputs, std::vector<session::Answer> answers,
                                   std::vector<session::Waiver> waivers);
  template <typename Fact>
  boost::asio::awaitable<base::Status> record(std::vector<Fact> facts, std::vector<store::Event> events);
  boost::asio::awaitable<base::Status> commit(store::OutcomeCommit commit);
  void observe(std::string_view event, const base::Value& body) const;

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  store::SessionStore& store_;
  ProtocolCache& protocols_;
  base::Clock& clock_;
  const base::BootId boot_;
  const base::SessionId id_;
  const Models& models_;
  const RunnerConfig config_;
  const session::Brief brief_;
  const RunObserver observer_;

  // Used only on the executor.
  LoadedSession loaded_;
  session::RunPolicy policy_;
  std::optional<store::Lease> lease_;
  std::set<std::string> busy_;  // names with work under way or given up
  Claim claimed_{};
  std::size_t tasks_under_way_ = 0;
  int overtaken_ = 0;        // inputs refused because somebody else was first
  bool lease_lost_ = false;  // nothing more can be recorded
  std::map<std::string, int> unreadable_drafts_;
  std::optional<base::Error> failure_;
  RunReport report_;
  boost::asio::steady_timer wake_;
  net::TaskScope scope_;  // last: its tasks use the members above
};

}  // namespace tollgate::engine
