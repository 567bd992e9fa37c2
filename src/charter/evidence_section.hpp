// The last appendices, references and signatures: what a reader needs to check the charter and to stand for it.
#pragma once

#include "charter/appendices.hpp"
#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

// The decision table of the profile in use, each rule with what became of it.
void add_decision_table(Document& document, const Review& review, Appendices& appendices);

// The chain of checkpoints with their hashes.
void add_checkpoints(Document& document, const Review& review, Appendices& appendices);

void add_references(Document& document, const Review& review);
void add_signatures(Document& document, const Review& review);

enum class TableRuleStatus { kDecided, kFired, kNotFired, kNotEvaluated };
TableRuleStatus status_of(const Review& review, const protocol::DecisionRule& rule);
// The profile of the decision, or of the session while there is none; nullptr when the protocol does not know it.
const std::vector<protocol::DecisionRule>* rules_in_use(const Review& review);

}  // namespace tollgate::charter
