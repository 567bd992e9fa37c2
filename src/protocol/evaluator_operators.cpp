// The evaluator's part for operators, the conditional one too.
#include <algorithm>
#include <compare>
#include <utility>

#include "base/result.hpp"
#include "protocol/evaluator.hpp"
#include "protocol/operators.hpp"

namespace tollgate::protocol {

using base::Value;

namespace {

bool satisfies(Operator operation, std::strong_ordering ordering) {
  switch (operation) {
    case Operator::kLess: return ordering < 0;
    case Operator::kLessOrEqual: return ordering <= 0;
    case Operator::kGreater: return ordering > 0;
    default: return ordering >= 0;
  }
}

}  // namespace

Evaluated Evaluator::negation(const Code& code) {
  TRY(const bool value, evaluate_bool(code.operands[0]));
  return Operand(Value(!value));
}

Evaluated Evaluator::negative(const Code& code) {
  TRY(auto operand, evaluate(code.operands[0]));
  return from(negated(*operand, code.type));
}

// Either side decides alone, even if the other is undetermined. CEL langdef.md, "Logical Operators".
Evaluated Evaluator::logical(const Code& code) {
  const bool decisive = code.op == Code::Op::kOr;
  Failures failures;
  for (const auto& operand : code.operands) {
    auto side = evaluate_bool(operand);
    if (!side) {
      failures.add(std::move(side.error()));
    } else if (*side == decisive) {
      return Operand(Value(decisive));
    }
  }
  if (failures.any()) return failures.take();
  return Operand(Value(!decisive));
}

Evaluated Evaluator::conditional(const Code& code) {
  TRY(const bool condition, evaluate_bool(code.operands[0]));
  return evaluate(code.operands[condition ? 1 : 2]);
}

Evaluated Evaluator::arithmetic_operation(const Code& code) {
  TRY(auto both, evaluate_all(code.operands));
  const bool copies = code.type.kind == Type::Kind::kList || code.type.kind == Type::Kind::kString;
  if (copies && !charge(deep_cost(*both[0]) + deep_cost(*both[1]))) return exhausted();
  return from(arithmetic(code.operation, *both[0], code.operands[0].type, *both[1], code.operands[1].type));
}

Evaluated Evaluator::comparison(const Code& code) {
  TRY(auto both, evaluate_all(code.operands));
  if (!charge(std::min(deep_cost(*both[0]), deep_cost(*both[1])))) return exhausted();
  if (code.operation == Operator::kEqual || code.operation == Operator::kNotEqual) {
    const auto same = equal(*both[0], *both[1], code.compared);
    if (!same) return undefined(same.error());
    return Operand(Value(*same == (code.operation == Operator::kEqual)));
  }
  const auto ordering = compare(*both[0], *both[1], code.compared);
  if (!ordering) return undefined(ordering.error());
  return Operand(Value(satisfies(code.operation, *ordering)));
}

Evaluated Evaluator::membership(const Code& code) {
  TRY(auto both, evaluate_all(code.operands));
  if (!charge(deep_cost(*both[1]))) return exhausted();
  const Value& item = *both[0];
  if (const auto* items = both[1]->if_list()) {
    return Operand(Value(std::find(items->begin(), items->end(), item) != items->end()));
  }
  const auto* key = item.if_string();
  if (!both[1]->is_record() || key == nullptr) return undefined("'in' needs a list or a map");
  return Operand(Value(!(*both[1])[*key].is_null()));
}

}  // namespace tollgate::protocol
