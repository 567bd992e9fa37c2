// Makes the decision of the protocol's table from the answers now, and records it.
#pragma once

#include "engine/session_journal.hpp"

namespace tollgate::engine {

// `journal` must outlive the call. REQUIRES: the planner found the table decidable.
store::Async<void> decide(SessionJournal& journal);

}  // namespace tollgate::engine
