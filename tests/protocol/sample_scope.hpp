// A scope with every kind of type and an environment that answers most of it, shared by the tests of expressions and by
// their fuzz target.
#pragma once

#include "protocol/expression.hpp"

namespace tollgate::protocol {

std::shared_ptr<const EnumDefinition> level_enum();      // ordered: LOW 1, MEDIUM 2, HIGH 3, CRITICAL 4
std::shared_ptr<const EnumDefinition> archetype_enum();  // classification, regression, clustering
std::shared_ptr<const EnumDefinition> principle_enum();  // fairness, privacy, safety
std::shared_ptr<const RecordType> feature_record();      // name, source, in_production, latency?, level?
std::shared_ptr<const RecordType> file_record();

// Each question as `question` and `S1.question`; S2.* are declared but unanswered in sample_environment().
Scope sample_scope();
MapEnvironment sample_environment();

}  // namespace tollgate::protocol
