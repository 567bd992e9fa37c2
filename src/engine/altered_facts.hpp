// Finds stored facts that say something else than the checkpoints hold, and a decision that does not follow from them.
#pragma once

#include <string>
#include <vector>

#include "engine/session_loader.hpp"

namespace tollgate::engine {

// "S1.kpis revision 2", "S1.kpis assessment 1", "S1 gate 1", "GA.depth waiver 1", "C1 check 1", "decision 1", "title",
// "owner", "profile", "options"; sorted, each once. The chain must have been verified. Only the newest gate outcome,
// waiver, check and decision are looked at: older ones decide nothing. Checkpoints of early versions hold neither title
// and owner nor a closing: there a check by a model that was altered, and a decision that is gone, go unnoticed.
std::vector<std::string> find_altered_facts(const LoadedSession& loaded, const session::ContentReader& read);

}  // namespace tollgate::engine
