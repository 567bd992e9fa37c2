// A small protocol and a full brief for it, for tests of the engine.
#pragma once

#include <memory>

#include "protocol/model.hpp"
#include "session/brief.hpp"

namespace tollgate::test {

std::shared_ptr<const protocol::Protocol> well_protocol();

// Every required answer, good enough for the pre-checks; decides D3, proceed.
session::Brief well_brief();

}  // namespace tollgate::test
