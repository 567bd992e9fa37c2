// The checker's part for operators, the conditional one too.
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "protocol/checker.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

std::string arithmetic_hint(Operator operation, const Type& left, const Type& right) {
  const auto either = [&](Kind kind) { return left.kind == kind || right.kind == kind; };
  if (operation == Operator::kAdd && either(Kind::kString)) return "string(x) or label(x) makes text of a value";
  if (operation == Operator::kRemainder) return "% is the remainder of whole numbers";
  if (either(Kind::kEnum)) return "int(x) gives the number of an ordered enum value";
  if (either(Kind::kMoney) && (left.is_numeric() || right.is_numeric())) return "write the amount as money(\"EUR 5\")";
  if (either(Kind::kDuration) && (left.is_numeric() || right.is_numeric()))
    return "write the length as duration(\"14d\")";
  return {};
}

std::string comparison_hint(const Type& left, const Type& right) {
  const auto either = [&](Kind kind) { return left.kind == kind || right.kind == kind; };
  const bool with_text = either(Kind::kString);
  if (either(Kind::kMoney)) return "write the amount as money(\"EUR 5\")";
  if (either(Kind::kDuration)) return "write the length as duration(\"14d\")";
  if (either(Kind::kDate)) return "write the day as date(\"2027-01-31\")";
  if (either(Kind::kEnum) && with_text) return "string(x) makes text of an enum value";
  if (either(Kind::kEnum) && (left.is_numeric() || right.is_numeric()))
    return "int(x) gives the number of an ordered enum value";
  if (with_text && (left.is_numeric() || right.is_numeric())) return "numbers are written without quotes";
  return {};
}

bool is_comparison(const Syntax& syntax) {
  return syntax.kind == Syntax::Kind::kBinary && syntax.operation >= Operator::kEqual &&
         syntax.operation <= Operator::kGreaterOrEqual;
}

}  // namespace

Checked Checker::negation(const Syntax& syntax) {
  if (syntax.kind == Syntax::Kind::kNot) {
    TRY(auto operand, condition(syntax.children[0], "'!'"));
    Code code = make_code(Code::Op::kNot, operand.type, syntax.offset);
    code.operands.push_back(std::move(operand));
    return code;
  }
  TRY(auto operand, infer(syntax.children[0], std::nullopt));
  const auto kind = operand.type.kind;
  if (!operand.type.is_numeric() && kind != Kind::kMoney && kind != Kind::kDuration) {
    return type_error(syntax.offset, fmt::format("'-' needs a number, not {}", operand.type.to_string()));
  }
  Code code = make_code(Code::Op::kNegate, operand.type, syntax.offset);
  code.operands.push_back(std::move(operand));
  return code;
}

Checked Checker::condition(const Syntax& syntax, std::string_view what) {
  TRY(auto code, infer(syntax, Type::of(Kind::kBool)));
  if (code.type.kind != Kind::kBool) {
    return type_error(syntax.offset, fmt::format("{} needs true or false, not {}", what, code.type.to_string()),
                      "compare it, or test has(x)");
  }
  return code;
}

Checked Checker::binary(const Syntax& syntax, const Hint& hint) {
  switch (syntax.operation) {
    case Operator::kOr:
    case Operator::kAnd: return logical(syntax);
    case Operator::kIn: return membership(syntax);
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kRemainder: return arithmetic(syntax, hint);
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual: break;
  }
  return comparison(syntax);
}

Checked Checker::logical(const Syntax& syntax) {
  const auto what = fmt::format("'{}'", symbol(syntax.operation));
  TRY(auto left, condition(syntax.children[0], what));
  TRY(auto right, condition(syntax.children[1], what));
  const auto op = syntax.operation == Operator::kAnd ? Code::Op::kAnd : Code::Op::kOr;
  Code code = make_code(op, Type::of(Kind::kBool), syntax.offset);
  code.operands.push_back(std::move(left));
  code.operands.push_back(std::move(right));
  return code;
}

// Infers both; the one whose type does not depend on its place comes first and hints the other.
std::expected<std::vector<Code>, ExpressionError> Checker::pair(const Syntax& left, const Syntax& right,
                                                                const Hint& hint) {
  const bool right_first = needs_context(left) && !needs_context(right);
  TRY(auto first, infer(right_first ? right : left, hint));
  // An empty list tells nothing.
  const bool tells = first.type.kind != Kind::kList || first.type.element != nullptr;
  TRY(auto second, infer(right_first ? left : right, tells ? Hint(first.type) : hint));
  std::vector<Code> codes;
  codes.push_back(std::move(right_first ? second : first));
  codes.push_back(std::move(right_first ? first : second));
  return codes;
}

Checked Checker::arithmetic(const Syntax& syntax, const Hint& hint) {
  // Only lists take their elements' type from the context: in text + text nothing is an enum.
  const Hint lists = hint && hint->kind == Kind::kList ? hint : std::nullopt;
  TRY(auto left, infer(syntax.children[0], lists));
  const Hint second = lists || left.type.kind != Kind::kList || left.type.element == nullptr ? lists : Hint(left.type);
  TRY(auto right, infer(syntax.children[1], second));
  const auto type = arithmetic_type(syntax.operation, left.type, right.type);
  if (!type) {
    return type_error(syntax.offset,
                      fmt::format("'{}' does not combine {} and {}", symbol(syntax.operation), left.type.to_string(),
                                  right.type.to_string()),
                      arithmetic_hint(syntax.operation, left.type, right.type));
  }
  Code code = make_code(Code::Op::kArithmetic, *type, syntax.offset);
  code.operation = syntax.operation;
  code.operands.push_back(std::move(left));
  code.operands.push_back(std::move(right));
  return code;
}

Checked Checker::comparison(const Syntax& syntax) {
  TRY(auto sides, pair(syntax.children[0], syntax.children[1], std::nullopt));
  const Type& left = sides[0].type;
  const Type& right = sides[1].type;
  const auto type = unified(left, right);
  if (!type) {
    if (is_comparison(syntax.children[0])) {
      return type_error(syntax.offset, "comparisons do not chain", "write a < b && b < c");
    }
    return type_error(syntax.offset, fmt::format("{} cannot be compared with {}", left.to_string(), right.to_string()),
                      comparison_hint(left, right));
  }
  const bool only_equality = syntax.operation == Operator::kEqual || syntax.operation == Operator::kNotEqual;
  if (!only_equality && !has_order(*type)) {
    return type_error(syntax.offset, fmt::format("values of type {} have no order", type->to_string()),
                      type->kind == Kind::kEnum ? "number the enum's values: {LOW: 1, HIGH: 2}" : "");
  }
  Code code = make_code(Code::Op::kCompare, Type::of(Kind::kBool), syntax.offset);
  code.operation = syntax.operation;
  code.compared = *type;
  code.operands = std::move(sides);
  return code;
}

Checked Checker::membership(const Syntax& syntax) {
  const Syntax& item_syntax = syntax.children[0];
  const Syntax& container_syntax = syntax.children[1];
  Code item;
  Code container;
  if (needs_context(container_syntax) && !needs_context(item_syntax)) {
    TRY(item, infer(item_syntax, std::nullopt));
    TRY(container, infer(container_syntax, Type::list_of(item.type)));
  } else {
    TRY(container, infer(container_syntax, std::nullopt));
    Hint hint;
    if (container.type.kind == Kind::kMap) hint = Type::enum_of(container.type.enumeration);
    if (container.type.kind == Kind::kList && container.type.element != nullptr) hint = *container.type.element;
    TRY(item, infer(item_syntax, hint));
  }
  const bool is_map = container.type.kind == Kind::kMap;
  if (!is_map && container.type.kind != Kind::kList) {
    return type_error(syntax.offset,
                      fmt::format("'in' needs a list or a map on its right, not {}", container.type.to_string()),
                      container.type.kind == Kind::kString ? "text.contains(\"part\") looks into a text" : "");
  }
  const bool fits = is_map
                        ? same_type(item.type, Type::enum_of(container.type.enumeration))
                        : container.type.element == nullptr || unified(item.type, *container.type.element).has_value();
  if (!fits) {
    return type_error(syntax.offset,
                      fmt::format("{} cannot be in {}", item.type.to_string(), container.type.to_string()));
  }
  Code code = make_code(Code::Op::kIn, Type::of(Kind::kBool), syntax.offset);
  code.operands.push_back(std::move(item));
  code.operands.push_back(std::move(container));
  return code;
}

Checked Checker::conditional(const Syntax& syntax, const Hint& hint) {
  TRY(auto when, condition(syntax.children[0], "'?'"));
  TRY(auto branches, pair(syntax.children[1], syntax.children[2], hint));
  const auto type = unified(branches[0].type, branches[1].type);
  if (!type) {
    return type_error(syntax.offset, fmt::format("the branches of '?' give {} and {}", branches[0].type.to_string(),
                                                 branches[1].type.to_string()));
  }
  Code code = make_code(Code::Op::kConditional, *type, syntax.offset);
  code.operands.push_back(std::move(when));
  for (auto& branch : branches) code.operands.push_back(std::move(branch));
  return code;
}

}  // namespace tollgate::protocol
