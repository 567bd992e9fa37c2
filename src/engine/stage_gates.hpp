// Evaluates a stage's gate and records the outcome; a passed gate makes a checkpoint, in the same commit.
#pragma once

#include <string>

#include "engine/session_journal.hpp"

namespace tollgate::engine {

// `journal` must outlive the call. REQUIRES: session::can_gate(); no other gate of the session is being evaluated,
// because checkpoints follow each other.
store::Async<void> evaluate_gate(SessionJournal& journal, std::string stage);

}  // namespace tollgate::engine
