#include "protocol/evaluator.hpp"

#include <algorithm>
#include <expected>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "protocol/functions.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;
using Op = Code::Op;

constexpr std::size_t kBytesPerStep = 16;

// A value that lives in the environment or in an enclosing comprehension, or one computed here.
class Operand {
 public:
  Operand(const Value* borrowed) : borrowed_(borrowed) {}  // NOLINT(google-explicit-constructor)
  Operand(Value owned) : owned_(std::move(owned)) {}       // NOLINT(google-explicit-constructor)

  const Value& operator*() const { return borrowed_ == nullptr ? owned_ : *borrowed_; }
  const Value* operator->() const { return &**this; }
  bool is_borrowed() const { return borrowed_ != nullptr; }
  Value take() && { return borrowed_ == nullptr ? std::move(owned_) : *borrowed_; }
  Value* if_owned() { return borrowed_ == nullptr ? &owned_ : nullptr; }

 private:
  const Value* borrowed_ = nullptr;
  Value owned_;
};

using Failure = std::variant<Missing, Undefined>;
using Outcome = std::expected<Operand, Failure>;

std::unexpected<Failure> undefined(std::string message) {
  return std::unexpected(Failure(Undefined{std::move(message)}));
}
std::unexpected<Failure> missing(std::string reference) {
  return std::unexpected(Failure(Missing{{std::move(reference)}}));
}

// Collects what went wrong in several operands. An unanswered question outweighs an undefined value: its answer may
// change everything.
class Failures {
 public:
  void add(Failure next) {
    auto* unanswered = std::get_if<Missing>(&next);
    if (!first_ || (unanswered != nullptr && std::holds_alternative<Undefined>(*first_))) {
      first_ = std::move(next);
    } else if (auto* known = std::get_if<Missing>(&*first_); known != nullptr && unanswered != nullptr) {
      std::vector<std::string> all;
      std::set_union(known->references.begin(), known->references.end(), unanswered->references.begin(),
                     unanswered->references.end(), std::back_inserter(all));
      known->references = std::move(all);
    }
  }
  bool any() const { return first_.has_value(); }
  std::unexpected<Failure> take() { return std::unexpected(*std::move(first_)); }

 private:
  std::optional<Failure> first_;
};

// Steps to look at or copy a value with everything in it.
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

// Steps to look at a value, but not into the records and lists it holds.
std::size_t shallow_cost(const Value& value) {
  if (const auto* text = value.if_string()) return 1 + text->size() / kBytesPerStep;
  if (const auto* list = value.if_list()) return 1 + list->size();
  if (const auto* record = value.if_record()) return 1 + record->size();
  return 1;
}

bool satisfies(Operator operation, std::strong_ordering ordering) {
  switch (operation) {
    case Operator::kLess: return ordering < 0;
    case Operator::kLessOrEqual: return ordering <= 0;
    case Operator::kGreater: return ordering > 0;
    default: return ordering >= 0;
  }
}

class Evaluator {
 public:
  explicit Evaluator(const Environment& environment) : environment_(environment) {}

  Evaluation run(const Code& code) {
    auto outcome = evaluate(code);
    std::optional<Value> value;
    if (outcome) value = copy(*std::move(outcome));
    // Nothing absorbs an exhausted budget: what was skipped might have changed the result.
    if (exhausted_) return Undefined{fmt::format("it takes more than {} steps", kMaxSteps)};
    if (value) return *std::move(value);
    if (auto* unanswered = std::get_if<Missing>(&outcome.error())) return std::move(*unanswered);
    return std::get<Undefined>(std::move(outcome.error()));
  }

 private:
  bool charge(std::size_t steps) {
    if (steps > steps_left_) exhausted_ = true;
    steps_left_ -= std::min(steps, steps_left_);
    return !exhausted_;
  }
  std::unexpected<Failure> exhausted() const { return undefined("too many steps"); }

  Value copy(Operand operand) {
    if (operand.is_borrowed() && !charge(deep_cost(*operand))) return {};
    return std::move(operand).take();
  }

  Outcome evaluate(const Code& code) {
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

  static Outcome present(const Value* value, const std::string& path) {
    if (value == nullptr || value->is_null()) return missing(path);
    return value;
  }

  static std::expected<bool, Failure> as_bool(const Value& value) {
    if (const bool* truth = value.if_bool()) return *truth;
    return undefined(fmt::format("true or false is needed, but the value is a {}", name(value.kind())));
  }
  std::expected<bool, Failure> evaluate_bool(const Code& code) {
    TRY(auto value, evaluate(code));
    return as_bool(*value);
  }

  std::expected<std::vector<Operand>, Failure> evaluate_all(std::span<const Code> codes) {
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

  Outcome from(Computed computed) {
    if (!computed) return undefined(std::move(computed.error()));
    if (!charge(deep_cost(*computed))) return exhausted();
    return Operand(*std::move(computed));
  }

  // The part of `whole` at `part`, moved out when `whole` is ours.
  static Outcome part_of(Operand& whole, const Value* part, const std::string& path) {
    if (part == nullptr || part->is_null()) return missing(path);
    if (whole.is_borrowed()) return part;
    return Operand(Value(*part));
  }

  Outcome member(const Code& code) {
    TRY(auto object, evaluate(code.operands[0]));
    if (!object->is_record()) return undefined(fmt::format("{} is no record", code.operands[0].path));
    return part_of(object, object->find(code.name), code.path);
  }

  Outcome list_item(const Code& code) {
    TRY(auto both, evaluate_all(code.operands));
    const auto* items = both[0]->if_list();
    const auto* index = both[1]->if_int();
    if (items == nullptr || index == nullptr) return undefined("a list and a whole number are needed for an index");
    if (*index < 0 || static_cast<std::size_t>(*index) >= items->size()) {
      return undefined(fmt::format("the index {} is outside the list of {}", *index, items->size()));
    }
    return part_of(both[0], &(*items)[static_cast<std::size_t>(*index)], code.path);
  }

  Outcome map_item(const Code& code) {
    TRY(auto both, evaluate_all(code.operands));
    const auto* key = both[1]->if_string();
    if (!both[0]->is_record() || key == nullptr) return undefined("a map and its key are needed for an index");
    const std::string& map = code.operands[0].path;
    return part_of(both[0], both[0]->find(*key), map.empty() ? *key : map + "." + *key);
  }

  Outcome has(const Code& code) {
    auto outcome = evaluate(code.operands[0]);
    if (!outcome && std::holds_alternative<Undefined>(outcome.error())) return outcome;
    return Operand(Value(outcome.has_value()));
  }

  Outcome negation(const Code& code) {
    TRY(const bool value, evaluate_bool(code.operands[0]));
    return Operand(Value(!value));
  }

  Outcome negative(const Code& code) {
    TRY(auto operand, evaluate(code.operands[0]));
    return from(negated(*operand, code.type));
  }

  // Either side decides alone, even if the other is undetermined. CEL langdef.md, "Logical Operators".
  Outcome logical(const Code& code) {
    const bool decisive = code.op == Op::kOr;
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

  Outcome conditional(const Code& code) {
    TRY(const bool condition, evaluate_bool(code.operands[0]));
    return evaluate(code.operands[condition ? 1 : 2]);
  }

  Outcome arithmetic_operation(const Code& code) {
    TRY(auto both, evaluate_all(code.operands));
    const bool copies = code.type.kind == Type::Kind::kList || code.type.kind == Type::Kind::kString;
    if (copies && !charge(deep_cost(*both[0]) + deep_cost(*both[1]))) return exhausted();
    return from(arithmetic(code.operation, *both[0], code.operands[0].type, *both[1], code.operands[1].type));
  }

  Outcome comparison(const Code& code) {
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

  Outcome membership(const Code& code) {
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

  Outcome list(const Code& code) {
    TRY(auto operands, evaluate_all(code.operands));
    Value::List items;
    items.reserve(operands.size());
    for (auto& operand : operands) items.push_back(copy(std::move(operand)));
    return Operand(Value(std::move(items)));
  }

  Outcome record(const Code& code) {
    TRY(auto operands, evaluate_all(code.operands));
    Value::Record members;
    for (std::size_t i = 0; i < operands.size(); ++i) members.emplace(code.keys[i], copy(std::move(operands[i])));
    return Operand(Value(std::move(members)));
  }

  Outcome call(const Code& code) {
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

  Outcome comprehension(const Code& code) {
    TRY(auto range, evaluate(code.operands[0]));
    Value::List keys;
    const auto* items = range->if_list();
    if (items == nullptr) {
      const bool is_map = code.operands[0].type.kind == Type::Kind::kMap && range->is_record();
      if (!is_map) return undefined(fmt::format("{} is no list", code.operands[0].path));
      keys = keys_of(code.operands[0].type, *range);
      items = &keys;
    }
    switch (code.macro) {
      case Code::Macro::kAll: return quantified(code, *items, false);
      case Code::Macro::kExists: return quantified(code, *items, true);
      case Code::Macro::kExistsOne: return exists_one(code, *items);
      case Code::Macro::kFilter:
      case Code::Macro::kMap: return collected(code, *items);
    }
    return undefined("unknown macro");
  }

  static Value::List keys_of(const Type& map, const Value& record) {
    Value::List keys;
    for (const auto& value : map.enumeration->values) {
      if (!record[value.id].is_null()) keys.emplace_back(value.id);
    }
    return keys;
  }

  // Evaluates `body` with the comprehension's variable standing for `item`.
  Outcome with_variable(const Value& item, const Code& body) {
    locals_.push_back(&item);
    auto outcome = evaluate(body);
    locals_.pop_back();
    return outcome;
  }
  std::expected<bool, Failure> test(const Value& item, const Code& body) {
    TRY(auto value, with_variable(item, body));
    return as_bool(*value);
  }

  // all() and exists() are && and || over the elements, with the same absorption.
  Outcome quantified(const Code& code, const Value::List& items, bool decisive) {
    Failures failures;
    for (const auto& item : items) {
      auto holds = test(item, code.operands[1]);
      if (exhausted_) return exhausted();
      if (!holds) {
        failures.add(std::move(holds.error()));
      } else if (*holds == decisive) {
        return Operand(Value(decisive));
      }
    }
    if (failures.any()) return failures.take();
    return Operand(Value(!decisive));
  }

  Outcome exists_one(const Code& code, const Value::List& items) {
    Failures failures;
    std::size_t count = 0;
    for (const auto& item : items) {
      auto holds = test(item, code.operands[1]);
      if (exhausted_) return exhausted();
      if (!holds) failures.add(std::move(holds.error()));
      if (holds && *holds) ++count;
    }
    if (failures.any()) return failures.take();
    return Operand(Value(count == 1));
  }

  Outcome collected(const Code& code, const Value::List& items) {
    const bool is_filter = code.macro == Code::Macro::kFilter;
    const Code* predicate = is_filter || code.operands.size() == 3 ? &code.operands[1] : nullptr;
    Failures failures;
    Value::List out;
    for (const auto& item : items) {
      auto kept = predicate == nullptr ? true : test(item, *predicate);
      if (exhausted_) return exhausted();
      if (!kept) failures.add(std::move(kept.error()));
      if (!kept || !*kept) continue;
      auto outcome = is_filter ? Outcome(&item) : with_variable(item, code.operands.back());
      if (outcome) {
        out.push_back(copy(*std::move(outcome)));
      } else {
        failures.add(std::move(outcome.error()));
      }
      if (exhausted_) return exhausted();
    }
    if (failures.any()) return failures.take();
    return Operand(Value(std::move(out)));
  }

  const Environment& environment_;
  std::vector<const Value*> locals_;  // by slot
  std::size_t steps_left_ = kMaxSteps;
  bool exhausted_ = false;
};

}  // namespace

Evaluation evaluate(const Code& code, const Environment& environment) {
  return Evaluator(environment).run(code);
}

}  // namespace tollgate::protocol
