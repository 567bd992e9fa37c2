// The protocol's own charter sections: their text and the answers they show, each in the form that suits it.
#pragma once

#include <set>
#include <string>

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

// Sections whose `if` does not hold, and sections with nothing to show, are left out. Optional questions without an
// answer are left out too; required ones say that it is missing. Returns the questions whose whole value was printed.
std::set<std::string> add_chapters(Document& document, const Review& review);

}  // namespace tollgate::charter
