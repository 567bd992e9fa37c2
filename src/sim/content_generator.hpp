// Makes up the content of replies: values that fit a JSON schema, and paragraphs. Pure: the same seed and schema give
// the same content. Bounded: of a schema that asks for more than 50,000 values, what exceeds them is null.
//
// Honoured: type, const, enum, anyOf, properties (all of them are filled in), items, minItems, maxItems, minimum,
// maximum, minLength, maxLength, and keywords moved into a description behind "Constraints: " (see
// llm/strict_schema.hpp). Furthermore:
//   score, specificity, measurability, completeness, coherence, relevance
//       numbers of these names lie in the upper 30 % of their range (7..10 of 0..10) when the answer judged is
//       accepted, else in the middle. Each object with a member `score` or `specificity` is accepted or not on its own,
//       at `accept_rate`; then its lists `issues`, `follow_ups` and `suggestions` are empty where they may be.
//   examples, x-tollgate-example
//       the value is an example; a long text gets one more sentence if it fits. With `pattern` it stays as it is.
//   known
//       a member of that name takes the known value, as far as it fits: other names of an enum, missing columns and
//       free text are made up.
//   format: date "2027-03-14", duration "14 days", money "EUR 180,000"; percent: a number of 0..100.
#pragma once

#include <cstdint>
#include <string>

#include "base/value.hpp"

namespace tollgate::sim {

struct ContentSettings {
  std::uint64_t seed = 0;
  double accept_rate = 0.85;
  const base::Value::Record* known = nullptr;  // by name of the member; nullptr: everything is made up
  std::uint64_t answer_seed = 0;               // of the members of `answers`, each by its name
};

base::Value generate_value(const base::Value& schema, const ContentSettings& settings);
std::string generate_paragraph(const ContentSettings& settings);

}  // namespace tollgate::sim
