// Writes missing answers with a model, the open questions of a group in one call.
//
// Ownership: holds references only; they must outlive it.
// Executor:  the journal's; any number of groups at once.
// Cancel:    ends the call under way; what was recorded stays.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model_calls.hpp"
#include "engine/session_journal.hpp"
#include "session/brief.hpp"
#include "session/planner.hpp"

namespace tollgate::engine {

class Drafter {
 public:
  // Adds to `policy` what cannot be drafted.
  Drafter(SessionJournal& journal, ModelCalls& calls, session::RunPolicy& policy, const session::Brief& brief);

  // `questions` are of one group, without an answer. Errors: those of the call and of the journal.
  store::Async<void> draft(std::vector<std::string> questions);

 private:
  void note_unreadable(const std::string& question, const std::string& why);

  SessionJournal& journal_;
  ModelCalls& calls_;
  session::RunPolicy& policy_;
  const session::Brief& brief_;
  std::map<std::string, int> unreadable_;  // drafts, by question
};

}  // namespace tollgate::engine
