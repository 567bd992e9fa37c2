// What was decided, why, what follows from it and what would change it.
#pragma once

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

// Quick facts: project, owner, protocol, session, decision, profile, options.
void add_title_block(Document& document, const Review& review);

// The decision as a callout, then every rule that fired with the values it read, what would change the outcome, and the
// duties. REQUIRES: review.decision is set.
void add_decision(Document& document, const Review& review);

// Of a draft instead: what is open.
void add_open_points(Document& document, const Review& review);

}  // namespace tollgate::charter
