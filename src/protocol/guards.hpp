// Finds where an expression reads what may be unanswered without testing it.
//
// has(x) guards x in `has(x) && …`, `!has(x) || …`, `has(x) ? … : y` and in what a filter by it keeps. The order of
// && and || does not matter, as it does not in evaluation: `false` absorbs an unanswered x on either side.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "protocol/code.hpp"

namespace tollgate::protocol {

struct Reads {
  std::vector<std::string> references;  // all three sorted and unique
  std::vector<std::string> unguarded_references;
  std::vector<std::string> unguarded_members;  // optional members and map items: "S1.features[].latency"
};

Reads find_reads(const Code& root);

}  // namespace tollgate::protocol
