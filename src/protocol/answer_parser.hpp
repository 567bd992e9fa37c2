// Reads what a person, a brief or a model answered into the question's own type.
//
// Accepts the notations of docs/protocol.md §Types; the result is canonical: parsing its JSON again gives the same
// value. Errors name the place inside the answer ("row 2, due") and say how to write it.
#pragma once

#include "base/result.hpp"
#include "base/value.hpp"
#include "protocol/model.hpp"

namespace tollgate::protocol {

// kInvalidArgument or kTooLarge. REQUIRES: the question is not derived.
base::Result<base::Value> parse_answer(const Question& question, const base::Value& raw);

// The same for a canonical value that has been through parse_answer() and JSON.
base::Result<base::Value> read_stored_answer(const Question& question, const base::Value& stored);

// The same with rows and maps that may be partial: for `given:` in a protocol's tests. Derived questions are allowed.
base::Result<base::Value> parse_partial_answer(const Question& question, const base::Value& raw);

// Empty text, empty list, null: not an answer.
bool is_blank(const base::Value& value);

}  // namespace tollgate::protocol
