// Evaluates the gate of a stage: which rules hold, what is missing, whether people may pass.
#pragma once

#include "session/session.hpp"

namespace tollgate::session {

// Whether there is enough to judge: the stage is open and every question is settled — not applicable, optional and
// unanswered, or assessed with no further attempt expected.
bool can_gate(const Session& session, const protocol::Stage& stage);

// The outcome that follows from the answers now. REQUIRES: can_gate().
GateOutcome evaluate_gate(const Session& session, const protocol::Stage& stage, Timestamp now);

}  // namespace tollgate::session
