// The checks across stages: by the protocol's rules, or by asking a model.
//
// `journal` and `calls` must outlive the call. Errors: those of the call and of the journal.
#pragma once

#include <string>
#include <vector>

#include "engine/model_calls.hpp"
#include "engine/session_journal.hpp"

namespace tollgate::engine {

// What a check by rule says of the session as it is; number and time are left open.
session::CheckOutcome evaluate_rule(const session::Session& session, const protocol::Check& check);

store::Async<void> run_checks(SessionJournal& journal, std::vector<std::string> checks);
store::Async<void> ask_checks(SessionJournal& journal, ModelCalls& calls, std::vector<std::string> checks);

}  // namespace tollgate::engine
