// What a simulated provider does wrong on purpose.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tollgate::sim {

enum class Fault {
  kNone,
  kRateLimited,  // 429 with Retry-After
  kServerError,  // 500
  kOverloaded,   // 529
  kReset,        // the connection is reset instead of answered
  kStall,        // no answer, the connection stays open
  kHalf,         // the connection closes in the middle of the reply
  kGarbage,      // 200 with a body that is no JSON
};

std::string_view name(Fault fault);  // "429", "reset"; "" for none

// "429,500,529,reset,stall,half,garbage" or some of these. kInvalidArgument names the unknown one.
base::Result<std::vector<Fault>> parse_faults(std::string_view text);

int http_status(Fault fault);  // of the error reply; 0 when the fault is none

}  // namespace tollgate::sim
