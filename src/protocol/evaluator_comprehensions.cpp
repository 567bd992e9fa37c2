// The evaluator's part for all(), exists(), exists_one(), filter() and map().
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "protocol/evaluator.hpp"

namespace tollgate::protocol {

using base::Value;

namespace {

Value::List keys_of(const Type& map, const Value& record) {
  Value::List keys;
  for (const auto& value : map.enumeration->values) {
    if (!record[value.id].is_null()) keys.emplace_back(value.id);
  }
  return keys;
}

}  // namespace

Evaluated Evaluator::comprehension(const Code& code) {
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

// Evaluates `body` with the comprehension's variable standing for `item`.
Evaluated Evaluator::with_variable(const Value& item, const Code& body) {
  locals_.push_back(&item);
  auto outcome = evaluate(body);
  locals_.pop_back();
  return outcome;
}

std::expected<bool, Failure> Evaluator::test(const Value& item, const Code& body) {
  TRY(auto value, with_variable(item, body));
  return as_bool(*value);
}

// all() and exists() are && and || over the elements, with the same absorption.
Evaluated Evaluator::quantified(const Code& code, const Value::List& items, bool decisive) {
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

Evaluated Evaluator::exists_one(const Code& code, const Value::List& items) {
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

Evaluated Evaluator::collected(const Code& code, const Value::List& items) {
  const bool is_filter = code.macro == Code::Macro::kFilter;
  const Code* predicate = is_filter || code.operands.size() == 3 ? &code.operands[1] : nullptr;
  Failures failures;
  Value::List out;
  for (const auto& item : items) {
    auto kept = predicate == nullptr ? true : test(item, *predicate);
    if (exhausted_) return exhausted();
    if (!kept) failures.add(std::move(kept.error()));
    if (!kept || !*kept) continue;
    auto outcome = is_filter ? Evaluated(&item) : with_variable(item, code.operands.back());
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

}  // namespace tollgate::protocol
