// Whether a waiver may be given at all, whoever brings it: a brief, the terminal or the API.
#pragma once

#include "base/result.hpp"
#include "protocol/model.hpp"
#include "session/brief.hpp"

namespace tollgate::session {

// kForbidden when the rule cannot be waived, or not by that role; kInvalidArgument without a reason or a due date that
// the protocol asks for. Each message says what is needed.
base::Status check_waiver(const protocol::GateRule& rule, const BriefWaiver& waiver);

// kInvalidArgument when its due date is before `today`. Not part of check_waiver(), because a brief is read again long
// after its waivers were given.
base::Status check_waiver_is_not_overdue(const BriefWaiver& waiver, base::Date today);

}  // namespace tollgate::session
