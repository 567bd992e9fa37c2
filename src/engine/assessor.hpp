// Assesses answers: the protocol's pre-checks stop clear failures without a call, a model judges several of the rest in
// one. What it judges is kept answer by answer, so that only those that are new are asked about.
//
// Ownership: holds references only; they must outlive it.
// Executor:  the journal's; any number of groups at once.
// Cancel:    ends the call under way; what was recorded stays.
#pragma once

#include <string>
#include <vector>

#include "engine/model_calls.hpp"
#include "engine/session_journal.hpp"
#include "llm/assess_prompt.hpp"
#include "session/brief.hpp"
#include "session/planner.hpp"

namespace tollgate::engine {

class Assessor {
 public:
  Assessor(SessionJournal& journal, ModelCalls& calls, const session::RunPolicy& policy);

  // `questions` are of one stage, each with an answer. Errors: those of the call and of the journal.
  store::Async<void> assess(std::vector<std::string> questions);

  // The same for those that are judged without a call; the others stay as they are. Errors: those of the journal.
  store::Async<void> recall(std::vector<std::string> questions);

 private:
  session::Assessment blank(const std::string& question) const;
  session::Assessment by_precheck(const std::string& question) const;
  struct ToJudge {
    session::Assessment blank;
    llm::ChatRequest request;  // about this answer alone
  };
  std::vector<ToJudge> to_judge(const std::vector<std::string>& questions) const;
  session::Assessment judged(session::Assessment assessment, llm::Judgement by, std::string model) const;
  std::vector<session::Assessment> by_rules(std::vector<std::string>& questions) const;
  std::vector<std::vector<std::string>> judged_together(std::vector<std::string> questions) const;
  boost::asio::awaitable<std::vector<session::Assessment>> by_memory(const std::vector<std::string>& questions);
  store::Async<std::vector<session::Assessment>> by_model(std::vector<std::string> questions);
  store::Async<void> record(std::vector<session::Assessment> assessments);
  bool lacks_follow_ups(const session::Assessment& assessment) const;
  store::Async<void> ask_follow_ups(std::vector<session::Assessment> assessments);
  const session::Session& session() const { return journal_.session(); }

  SessionJournal& journal_;
  ModelCalls& calls_;
  const session::RunPolicy& policy_;
};

}  // namespace tollgate::engine
