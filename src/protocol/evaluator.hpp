// Evaluates checked code: strict in all operators but && || ?: has() all() exists(), bounded in steps.
//
// A step is one node visited, one list element or 16 bytes of text looked at or copied; so the budget bounds memory
// as well as time.
#pragma once

#include "protocol/code.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {

Evaluation evaluate(const Code& code, const Environment& environment);

}  // namespace tollgate::protocol
