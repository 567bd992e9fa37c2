// Evaluates checked code: strict in all operators but && || ?: has() all() exists(), bounded in steps.
//
// A step is one node visited, one list element or 16 bytes of text looked at or copied; so the budget bounds memory
// as well as time.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "protocol/code.hpp"
#include "protocol/evaluated.hpp"
#include "protocol/expression.hpp"
#include "protocol/functions.hpp"

namespace tollgate::protocol {

Evaluation evaluate(const Code& code, const Environment& environment);

// One evaluation: used once. Code and environment must outlive it.
class Evaluator {
 public:
  explicit Evaluator(const Environment& environment) : environment_(environment) {}

  Evaluation run(const Code& code);

 private:
  // evaluator.cpp
  bool charge(std::size_t steps);  // false once the budget is used up
  static std::unexpected<Failure> exhausted() { return undefined("too many steps"); }
  base::Value copy(Operand operand);
  Evaluated evaluate(const Code& code);
  std::expected<bool, Failure> evaluate_bool(const Code& code);
  std::expected<std::vector<Operand>, Failure> evaluate_all(std::span<const Code> codes);
  Evaluated from(Computed computed);
  Evaluated member(const Code& code);
  Evaluated list_item(const Code& code);
  Evaluated map_item(const Code& code);
  Evaluated has(const Code& code);
  Evaluated list(const Code& code);
  Evaluated record(const Code& code);
  Evaluated call(const Code& code);

  // evaluator_operators.cpp
  Evaluated negation(const Code& code);
  Evaluated negative(const Code& code);
  Evaluated logical(const Code& code);
  Evaluated conditional(const Code& code);
  Evaluated arithmetic_operation(const Code& code);
  Evaluated comparison(const Code& code);
  Evaluated membership(const Code& code);

  // evaluator_comprehensions.cpp
  Evaluated comprehension(const Code& code);
  Evaluated with_variable(const base::Value& item, const Code& body);
  std::expected<bool, Failure> test(const base::Value& item, const Code& body);
  Evaluated quantified(const Code& code, const base::Value::List& items, bool decisive);
  Evaluated exists_one(const Code& code, const base::Value::List& items);
  Evaluated collected(const Code& code, const base::Value::List& items);

  const Environment& environment_;
  std::vector<const base::Value*> locals_;  // by slot
  std::size_t steps_left_ = kMaxSteps;
  bool exhausted_ = false;
};

std::expected<bool, Failure> as_bool(const base::Value& value);

// Steps to look at or copy a value with everything in it.
std::size_t deep_cost(const base::Value& value);

}  // namespace tollgate::protocol
