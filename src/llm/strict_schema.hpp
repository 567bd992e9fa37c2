// Fits reply schemas to what Anthropic and OpenAI compile into a grammar: those refuse most of JSON Schema's keywords.
#pragma once

#include <string_view>

#include "base/value.hpp"

namespace tollgate::llm {

// What precedes the moved keywords in a description. The reading side (a model, or the simulator) finds them there.
inline constexpr std::string_view kConstraintsMark = "Constraints: ";

// The same schema with only type, properties, required, additionalProperties, items, enum, const, anyOf, title and
// description left. All other keywords are moved, as one JSON object behind kConstraintsMark, to the end of the
// description, so that the model still reads them. Objects are closed (additionalProperties: false).
base::Value to_strict_schema(const base::Value& schema);

// True when every object requires all of its properties, as OpenAI's `strict` wants it.
bool requires_everything(const base::Value& schema);

}  // namespace tollgate::llm
