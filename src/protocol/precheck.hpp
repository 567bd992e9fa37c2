// The deterministic assessor: scores an answer by its rubric's pre-checks and by plain features of the text.
//
// It rejects what clearly fails, before any LLM is asked, and stands alone when none is reachable. It cannot tell a
// true answer from a false one: what it accepts is well-formed, not right, and every report of it says so.
#pragma once

#include <string>
#include <vector>

#include "base/value.hpp"
#include "protocol/model.hpp"

namespace tollgate::protocol {

struct Dimensions {  // each 0–10
  int specificity = 0, measurability = 0, completeness = 0, coherence = 0, relevance = 0;
};

// The rubric's weighted mean, rounded down; 0–10.
int weighted_score(const Dimensions& dimensions, const DimensionWeights& weights);

struct PrecheckResult {
  int score = 0;  // 0–10
  Dimensions dimensions;
  std::vector<std::string> fired;       // ids of the pre-checks that hold
  std::vector<std::string> issues;      // their explanations; in a table naming the rows
  std::vector<std::string> follow_ups;  // what to ask next

  bool accepted(const Rubric& rubric) const { return score >= rubric.accept; }
};

// Each row of a table is judged by itself, and the weakest gives the score.
PrecheckResult precheck(const Question& question, const Rubric& rubric, const base::Value& answer);

// The part of an answer that is prose: text itself; of tables the text columns, row by row.
std::string prose_of(const Question& question, const base::Value& answer);

}  // namespace tollgate::protocol
