#include "protocol/evaluator.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;
using Op = Code::Op;

constexpr std::size_t kBytesPerStep = 16;

// Steps to look at a value, but not into the records and lists it holds.
std::size_t shallow_cost(const Value& value) {
  if (const auto* text = value.if_string()) return 1 + text->size() / kBytesPerStep;
  if (const auto* list = value.if_list()) return 1 + list->size();
  if (const auto* record = value.if_record()) return 1 + record->size();
  return 1;
}

Evaluated present(const Value* value, const std::string& path) {
  if (value == nullptr || value->is_null()) return missing(path);
  return value;
}

// The part of `whole` at `part`, which must not outlive a `whole` that is ours.
Evaluated part_of(Operand& whole, const Value* part, const std::string& path) {
  if (part == nullptr || part->is_null()) return missing(path);
  if (whole.is_borrowed()) return part;
  return Operand(Value(*part));
}

}  // namespace

std::size_t deep_cost(const Value& value) {
  std::size_t cost = 1;
  if (const auto* text = value.if_string()) cost += text->size() / kBytesPerStep;
  if (const auto* list = value.if_list()) {
    for (const auto& item : *list) cost += deep_cost(item);
  }
  if (const auto* record = value.if_record()) {
    for (const auto& [key, member] : *record) cost += 1 + key.size() / kBytesPerStep + deep_cost(member);
  }
  return cost;
}

std::expected<bool, Failure> as_bool(const Value& value) {
  if (const bool* truth = value.if_bool()) return *truth;
  return undefined(fmt::format("true or false is needed, but the value is a {}", name(value.kind())));
}

Evaluation evaluate(const Code& code, const Environment& environment) {
  return Evaluator(environment).run(code);
}

Evaluation Evaluator::run(const Code& code) {
  auto outcome = evaluate(code);
  std::optional<Value> value;
  if (outcome) value = copy(std::move(*outcome));
  // Nothing absorbs an exhausted budget: what was skipped might have changed the result.
  if (exhausted_) return Undefined{fmt::format("it takes more than {} steps", kMaxSteps)};
  if (value) return *std::move(value);
  if (auto* unanswered = std::get_if<Missing>(&outcome.error())) return std::move(*unanswered);
  return std::get<Undefined>(std::move(outcome.error()));
}

bool Evaluator::charge(std::size_t steps) {
  if (steps > steps_left_) exhausted_ = true;
  steps_left_ -= std::min(steps, steps_left_);
  return !exhausted_;
}

Value Evaluator::copy(Operand operand) {
  if (operand.is_borrowed() && !charge(deep_cost(*operand))) return {};
  return std::move(operand).take();
}

Evaluated Evaluator::evaluate(const Code& code) {
  if (!charge(1)) return exhausted();
  switch (code.op) {
    case Op::kConstant: return &code.constant;
    case Op::kReference: return present(environment_.find(code.name), code.path);
    case Op::kLocal: return present(locals_[code.slot], code.path);
    case Op::kMember: return member(code);
    case Op::kListItem: return list_item(code);
    case Op::kMapItem: return map_item(code);
    case Op::kHas: return has(code);
    case Op::kNot: return negation(code);
    case Op::kNegate: return negative(code);
    case Op::kAnd:
    case Op::kOr: return logical(code);
    case Op::kConditional: return conditional(code);
    case Op::kArithmetic: return arithmetic_operation(code);
    case Op::kCompare: return comparison(code);
    case Op::kIn: return membership(code);
    case Op::kList: return list(code);
    case Op::kRecord: return record(code);
    case Op::kCall: return call(code);
    case Op::kComprehension: return comprehension(code);
  }
  return undefined("unknown operation");
}

std::expected<bool, Failure> Evaluator::evaluate_bool(const Code& code) {
  TRY(auto value, evaluate(code));
  return as_bool(*value);
}

std::expected<std::vector<Operand>, Failure> Evaluator::evaluate_all(std::span<const Code> codes) {
  std::vector<Operand> operands;
  operands.reserve(codes.size());
  Failures failures;
  for (const auto& code : codes) {
    auto outcome = evaluate(code);
    if (outcome) {
      operands.push_back(*std::move(outcome));
    } else {
      failures.add(std::move(outcome.error()));
    }
  }
  if (failures.any()) return failures.take();
  return operands;
}

Evaluated Evaluator::from(Computed computed) {
  if (!computed) return undefined(std::move(computed.error()));
  if (!charge(deep_cost(*computed))) return exhausted();
  return Operand(*std::move(computed));
}

Evaluated Evaluator::member(const Code& code) {
  TRY(auto object, evaluate(code.operands[0]));
  if (!object->is_record()) return undefined(fmt::format("{} is no record", code.operands[0].path));
  return part_of(object, object->find(code.name), code.path);
}

Evaluated Evaluator::list_item(const Code& code) {
  TRY(auto both, evaluate_all(code.operands));
  const auto* items = both[0]->if_list();
  const auto* index = both[1]->if_int();
  if (items == nullptr || index == nullptr) return undefined("a list and a whole number are needed for an index");
  if (*index < 0 || static_cast<std::size_t>(*index) >= items->size()) {
    return undefined(fmt::format("the index {} is outside the list of {}", *index, items->size()));
  }
  return part_of(both[0], &(*items)[static_cast<std::size_t>(*index)], code.path);
}

Evaluated Evaluator::map_item(const Code& code) {
  TRY(auto both, evaluate_all(code.operands));
  const auto* key = both[1]->if_string();
  if (!both[0]->is_record() || key == nullptr) return undefined("a map and its key are needed for an index");
  const std::string& map = code.operands[0].path;
  return part_of(both[0], both[0]->find(*key), map.empty() ? *key : map + "." + *key);
}

Evaluated Evaluator::has(const Code& code) {
  auto outcome = evaluate(code.operands[0]);
  if (!outcome && std::holds_alternative<Undefined>(outcome.error())) return outcome;
  return Operand(Value(outcome.has_value()));
}

Evaluated Evaluator::list(const Code& code) {
  TRY(auto operands, evaluate_all(code.operands));
  Value::List items;
  items.reserve(operands.size());
  for (auto& operand : operands) items.push_back(copy(std::move(operand)));
  return Operand(Value(std::move(items)));
}

Evaluated Evaluator::record(const Code& code) {
  TRY(auto operands, evaluate_all(code.operands));
  Value::Record members;
  for (std::size_t i = 0; i < operands.size(); ++i) members.emplace(code.keys[i], copy(std::move(operands[i])));
  return Operand(Value(std::move(members)));
}

Evaluated Evaluator::call(const Code& code) {
  TRY(auto operands, evaluate_all(code.operands));
  std::vector<const Value*> values;
  std::vector<Type> types;
  std::size_t cost = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    values.push_back(&*operands[i]);
    types.push_back(code.operands[i].type);
    cost += shallow_cost(*operands[i]);
  }
  if (!charge(cost * code.function->steps)) return exhausted();
  return from(code.function->apply({values, types}));
}

}  // namespace tollgate::protocol
