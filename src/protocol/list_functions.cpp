// The functions over lists, and over the maps that `each` questions give.
#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "protocol/expression.hpp"
#include "protocol/functions.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;
using Kind = Type::Kind;
using Style = Function::Style;
using Types = std::span<const Type>;
using CheckedType = std::expected<Type, std::string>;
using Arguments = CallArguments;

std::unexpected<std::string> complaint(std::string text) {
  return std::unexpected(std::move(text));
}
std::unexpected<std::string> not_for(const Type& type) {
  return complaint(fmt::format("does not take {}", type.to_string()));
}

bool is_collection(const Type& type) {
  return type.kind == Kind::kList || type.kind == Kind::kMap;
}

// The present elements of a list or of a map, without copies.
std::vector<const Value*> elements(const Value& collection) {
  std::vector<const Value*> out;
  if (const auto* list = collection.if_list()) {
    for (const auto& item : *list) {
      if (!item.is_null()) out.push_back(&item);
    }
  } else if (const auto* map = collection.if_record()) {
    for (const auto& [key, item] : *map) {
      if (!item.is_null()) out.push_back(&item);
    }
  }
  return out;
}

Type element_of(const Type& collection, Kind when_empty) {
  return collection.element ? *collection.element : Type::of(when_empty);
}

std::optional<Type> hint_element(Types earlier) {
  if (is_collection(earlier[0])) return earlier[0].element ? std::optional(*earlier[0].element) : std::nullopt;
  return earlier[0];
}

CheckedType check_sum(Types types) {
  if (!is_collection(types[0])) return not_for(types[0]);
  Type element = element_of(types[0], Kind::kInt);
  if (!element.is_numeric() && element.kind != Kind::kMoney && element.kind != Kind::kDuration)
    return not_for(types[0]);
  return element;
}

CheckedType check_product(Types types) {
  if (!is_collection(types[0]) || !element_of(types[0], Kind::kInt).is_numeric()) return not_for(types[0]);
  return element_of(types[0], Kind::kInt);
}

Computed fold(const Arguments& arguments, Operator operation, std::optional<Value> total) {
  const Type element = element_of(arguments.types[0], Kind::kInt);
  for (const Value* item : elements(arguments[0])) {
    if (!total) {
      total = *item;
      continue;
    }
    auto next = arithmetic(operation, *total, element, *item, element);
    if (!next) return next;
    total = *std::move(next);
  }
  if (!total) return complaint("the sum of no amounts has no currency");
  return *std::move(total);
}

Computed apply_sum(const Arguments& arguments) {
  switch (element_of(arguments.types[0], Kind::kInt).kind) {
    case Kind::kMoney: return fold(arguments, Operator::kAdd, std::nullopt);
    case Kind::kDuration: return fold(arguments, Operator::kAdd, Value(base::Duration()));
    default: return fold(arguments, Operator::kAdd, Value(0));
  }
}

Computed apply_product(const Arguments& arguments) {
  return fold(arguments, Operator::kMultiply, Value(1));
}

CheckedType check_count(Types types) {
  if (!is_collection(types[0])) return not_for(types[0]);
  if (types.size() == 2 && types[0].element && !unified(*types[0].element, types[1])) {
    return complaint(fmt::format("{} cannot be in {}", types[1].to_string(), types[0].to_string()));
  }
  return Type::of(Kind::kInt);
}

Computed apply_count(const Arguments& arguments) {
  const auto items = elements(arguments[0]);
  if (arguments.size() == 1) return Value(items.size());
  const Value& wanted = arguments[1];
  return Value(static_cast<std::int64_t>(
      std::count_if(items.begin(), items.end(), [&](const Value* item) { return *item == wanted; })));
}

// min(list), min(list, fallback), min(a, b).
CheckedType check_extreme(Types types) {
  std::optional<Type> type = types[0];
  if (is_collection(types[0])) {
    if (types[0].element == nullptr && types.size() == 1) return complaint("the list is always empty");
    type = types[0].element ? *types[0].element : types[1];
  } else if (types.size() == 1) {
    return complaint(fmt::format("one {} has no smallest or largest", types[0].to_string()));
  }
  if (types.size() == 2) type = unified(*type, types[1]);
  if (!type) return complaint(fmt::format("{} and {} cannot be compared", types[0].to_string(), types[1].to_string()));
  if (!has_order(*type)) return complaint(fmt::format("values of type {} have no order", type->to_string()));
  return *type;
}

Computed extreme(const Arguments& arguments, std::strong_ordering wanted) {
  const bool over_collection = is_collection(arguments.types[0]);
  auto items = over_collection ? elements(arguments[0]) : std::vector<const Value*>{&arguments[0], &arguments[1]};
  if (items.empty() && arguments.size() == 2) return arguments[1];
  if (items.empty()) return complaint("an empty list has no smallest or largest value");
  const Type type =
      over_collection ? element_of(arguments.types[0], Kind::kInt) : *unified(arguments.types[0], arguments.types[1]);
  const Value* best = items.front();
  for (const Value* item : items) {
    const auto ordering = compare(*item, *best, type);
    if (!ordering) return complaint(ordering.error());
    if (*ordering == wanted) best = item;
  }
  return *best;
}

Computed apply_min(const Arguments& arguments) {
  return extreme(arguments, std::strong_ordering::less);
}
Computed apply_max(const Arguments& arguments) {
  return extreme(arguments, std::strong_ordering::greater);
}

CheckedType check_distinct(Types types) {
  if (types[0].kind != Kind::kList) return not_for(types[0]);
  return types[0];
}

Computed apply_distinct(const Arguments& arguments) {
  // Of one type, values are equal exactly when their canonical JSON is.
  std::unordered_set<std::string> seen;
  Value::List out;
  for (const Value* item : elements(arguments[0])) {
    if (seen.insert(base::to_json(*item)).second) out.push_back(*item);
  }
  return Value(std::move(out));
}

CheckedType check_join(Types types) {
  const Type element = element_of(types[0], Kind::kString);
  if (types[0].kind != Kind::kList || element.kind == Kind::kList || element.kind == Kind::kRecord ||
      element.kind == Kind::kMap) {
    return not_for(types[0]);
  }
  if (types.size() == 2 && types[1].kind != Kind::kString) return complaint("the separator is a text");
  return Type::of(Kind::kString);
}

Computed apply_join(const Arguments& arguments) {
  const Type element = element_of(arguments.types[0], Kind::kString);
  const auto* separator = arguments.size() == 2 ? arguments[1].if_string() : nullptr;
  std::string out;
  bool first = true;
  for (const Value* item : elements(arguments[0])) {
    if (!std::exchange(first, false)) out += separator == nullptr ? ", " : *separator;
    out += to_display(*item, element);
  }
  return Value(std::move(out));
}

const std::array<Function, 7> kListFunctions = {{
    {"sum", "sum(list)", Style::kFunction, 1, 1, check_sum, nullptr, apply_sum},
    {"product", "product(list)", Style::kFunction, 1, 1, check_product, nullptr, apply_product},
    {"count", "count(list) or count(list, value)", Style::kFunction, 1, 2, check_count, hint_element, apply_count},
    {"min", "min(list), min(list, fallback) or min(a, b)", Style::kFunction, 1, 2, check_extreme, hint_element,
     apply_min},
    {"max", "max(list), max(list, fallback) or max(a, b)", Style::kFunction, 1, 2, check_extreme, hint_element,
     apply_max},
    {"distinct", "distinct(list)", Style::kFunction, 1, 1, check_distinct, nullptr, apply_distinct},
    {"join", "join(list, \", \")", Style::kFunction, 1, 2, check_join, nullptr, apply_join},
}};

}  // namespace

std::span<const Function> list_functions() {
  return kListFunctions;
}

}  // namespace tollgate::protocol
