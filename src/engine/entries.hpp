// Facts of a session to and from what the store keeps: entries and events. The one place that knows both shapes.
#pragma once

#include "base/result.hpp"
#include "protocol/model.hpp"
#include "session/records.hpp"
#include "session/session.hpp"
#include "store/records.hpp"

namespace tollgate::engine {

// Inputs. Bodies hold neither revision nor time, so that a repeat under the same key is byte for byte the same.
store::NewInput to_input(const session::Answer& answer, std::string key);
store::NewInput to_input(const session::Waiver& waiver, std::string key);

store::Entry to_entry(const session::Assessment& assessment);
store::Entry to_entry(const session::GateOutcome& gate);
store::Entry to_entry(const session::CheckOutcome& check);
store::Entry to_entry(const session::Decision& decision);

store::Event assessed_event(const session::Assessment& assessment);
store::Event gated_event(const session::GateOutcome& gate);
store::Event opened_event(const std::string& stage);
store::Event checkpoint_event(std::int64_t seq, const std::string& stage, const base::Sha256& hash);
store::Event finding_event(const protocol::Check& check, const session::CheckOutcome& outcome);
store::Event decision_event(const session::Decision& decision);
store::Event charter_event(const session::Decision& decision);

// Applies a stored entry. kCorrupt when it is not as it was written.
base::Status apply_entry(session::Session& session, const store::Entry& entry);

}  // namespace tollgate::engine
