// How an answer, or one column of a row, reads on one line.
#pragma once

#include <string>

#include "charter/document.hpp"
#include "protocol/model.hpp"

namespace tollgate::charter {

// "40 %", "8 of 10", "EUR 180,000", enum labels, lists joined by "; ". Empty for null. `value_type` is what expressions
// see of it.
std::string value_text(const protocol::AnswerType& type, const protocol::Type& value_type, const base::Value& value);

// Tints a value of an ordered enum that grades risk: one that knows a value such as "critical" or "severe" at its upper
// end. Whether more is worse cannot be told of any other ordered enum; those stay neutral.
Tone tone_of_value(const protocol::Type& value_type, const base::Value& value);
bool grades_risk(const protocol::EnumDefinition& enumeration);

}  // namespace tollgate::charter
