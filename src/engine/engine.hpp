// What can be done with sessions: create, run, answer, waive, verify, fork. The only place where session, llm and store
// meet. Used on one executor; store, clock, random and models must outlive it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "engine/session_runner.hpp"

namespace tollgate::engine {

struct NewSession {
  std::string title;
  std::string owner{session::kLocalOwner};
  std::shared_ptr<const protocol::Protocol> protocol;
  std::string profile{};  // empty: the protocol's default
  std::map<std::string, std::string, std::less<>> options{};
  std::string idempotency_key;  // the same key gives the same session
};

// By which a repeat of an answer or a waiver is recognised: it is done once.
struct InputKey {
  std::string text;
  std::optional<base::Timestamp> until{};  // then it may be used anew; none: never
};

struct Verification {
  session::VerifyReport chain;
  std::vector<std::string> altered_answers{};  // and other facts stored otherwise than the checkpoints hold them
  bool intact() const { return !chain.altered && altered_answers.empty(); }
};

class Engine {
 public:
  Engine(boost::asio::any_io_executor executor, store::SessionStore& store, base::Clock& clock, base::Random& random,
         Models models, RunnerConfig config = {});

  store::Async<store::SessionRow> create(NewSession session);  // kInvalidArgument: profile, option or title
  store::Async<LoadedSession> load(base::SessionId id);

  // Runs until nothing is left to do; see SessionRunner. kConflict while this or another process runs the session.
  store::Async<RunReport> run(base::SessionId id, session::RunPolicy policy, session::Brief brief,
                              RunObserver observer);

  // A person's answer, as typed; acknowledged after commit. kPreconditionFailed while the question cannot be answered,
  // kInvalidArgument when it does not fit, kConflict when the newest revision is not `expected`. Returns the revision.
  // Assessing is run()'s work.
  store::Async<std::int64_t> submit(base::SessionId id, std::string question, base::Value raw, std::string author,
                                    InputKey key, std::optional<std::int64_t> expected = {});

  // kPreconditionFailed unless the rule failed at a gate and may be waived by this role.
  store::Async<void> waive(base::SessionId id, session::BriefWaiver waiver, InputKey key);

  store::Async<Verification> verify(base::SessionId id);

  // A new session that begins as the given one was at a checkpoint. kNotFound.
  store::Async<store::SessionRow> fork(base::SessionId id, std::int64_t checkpoint, std::string title, std::string key,
                                       std::string owner = {});

  const boost::asio::any_io_executor& executor() const { return executor_; }
  store::SessionStore& store() { return store_; }
  const Models& models() const { return models_; }

 private:
  const boost::asio::any_io_executor executor_;
  store::SessionStore& store_;
  base::Clock& clock_;
  base::Random& random_;
  const Models models_;
  const RunnerConfig config_;
  const base::BootId boot_;
  ProtocolCache protocols_;
  std::set<base::SessionId> running_;  // used only on the executor
};

}  // namespace tollgate::engine
