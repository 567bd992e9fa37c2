// What the cross-stage checks found, and which of them were not made.
#pragma once

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

// Nothing when the protocol has no checks.
void add_findings(Document& document, const Review& review);

}  // namespace tollgate::charter
