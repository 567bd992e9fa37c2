// Stored bodies back into facts. Answers are typed by their question, so the protocol is needed for them.
#pragma once

#include "base/result.hpp"
#include "protocol/model.hpp"
#include "session/records.hpp"

namespace tollgate::session {

base::Result<Answer> read_answer(const protocol::Protocol& protocol, const base::Value& body);
base::Result<Assessment> read_assessment(const base::Value& body);
base::Result<Waiver> read_waiver(const base::Value& body);
base::Result<GateOutcome> read_gate(const base::Value& body);
base::Result<CheckOutcome> read_check(const base::Value& body);
base::Result<Decision> read_decision(const base::Value& body);

}  // namespace tollgate::session
