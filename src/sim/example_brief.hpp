// The example brief compiled into the simulator.
#pragma once

#include <span>

#include "base/embedded_file.hpp"

namespace tollgate::sim {

using base::EmbeddedFile;

std::span<const EmbeddedFile> example_brief();

}  // namespace tollgate::sim
