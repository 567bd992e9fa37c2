// The charter as data, for programs. Its keys are described in docs/charter-json.md and only ever grow.
#pragma once

#include <cstdint>

#include "base/value.hpp"
#include "charter/charter_facts.hpp"
#include "session/session.hpp"

namespace tollgate::charter {

inline constexpr std::int64_t kCharterJsonVersion = 1;

// Everything build_charter() prints, unshortened. Durations, dates and money are strings once written as JSON.
base::Value charter_json(const session::Session& session, const CharterFacts& facts);

}  // namespace tollgate::charter
