// What stands between a session and its decision, for the draft of a charter.
#pragma once

#include <vector>

#include "charter/review.hpp"

namespace tollgate::charter {

// In the order of the protocol: questions, then gates, then the decision. Never empty for an undecided session.
std::vector<OpenPoint> open_points(const session::Session& session);

}  // namespace tollgate::charter
