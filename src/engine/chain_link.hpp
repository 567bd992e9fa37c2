// A new checkpoint on its way into a commit.
#pragma once

#include "session/checkpoint.hpp"
#include "store/records.hpp"

namespace tollgate::engine {

// Adds the link and the contents it brings.
void add_link(store::OutcomeCommit& out, session::Checkpoint checkpoint);

}  // namespace tollgate::engine
