// Every stage's gate with the outcome of each of its rules, waivers with who gave them and why.
#pragma once

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

void add_gates(Document& document, const Review& review);

}  // namespace tollgate::charter
