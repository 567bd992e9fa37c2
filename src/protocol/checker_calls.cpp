// The checker's part for functions, methods and macros.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "protocol/checker.hpp"
#include "protocol/functions.hpp"
#include "protocol/suggestions.hpp"

namespace tollgate::protocol {
namespace {

using Kind = Type::Kind;

struct MacroName {
  std::string_view name;
  Code::Macro macro;
  std::size_t max_arguments;  // without the receiver
};
constexpr std::array<MacroName, 5> kMacros = {{{"all", Code::Macro::kAll, 2},
                                               {"exists", Code::Macro::kExists, 2},
                                               {"exists_one", Code::Macro::kExistsOne, 2},
                                               {"filter", Code::Macro::kFilter, 2},
                                               {"map", Code::Macro::kMap, 3}}};

const MacroName* find_macro(std::string_view name) {
  const auto it =
      std::find_if(kMacros.begin(), kMacros.end(), [&](const MacroName& macro) { return macro.name == name; });
  return it == kMacros.end() ? nullptr : &*it;
}

std::vector<std::string> callable_names() {
  auto names = function_names();
  for (const auto& macro : kMacros) names.emplace_back(macro.name);
  names.emplace_back("has");
  return names;
}

ExpressionError unknown_function(const Syntax& syntax) {
  return {syntax.offset, fmt::format("unknown function '{}'", base::shortened(syntax.text, kMaxNameBytes)),
          did_you_mean(syntax.text, callable_names())};
}

std::vector<Type> types_of(const std::vector<Code>& codes) {
  std::vector<Type> types;
  types.reserve(codes.size());
  for (const auto& code : codes) types.push_back(code.type);
  return types;
}

// date("2027-13-01") is an error of the author, not of an evaluation.
std::optional<ExpressionError> bad_constant(const Code& code) {
  const bool converts =
      code.type.kind == Kind::kDuration || code.type.kind == Kind::kDate || code.type.kind == Kind::kMoney;
  const bool is_constructor = code.function->name == code.type.to_string();
  if (!converts || !is_constructor || code.operands[0].op != Code::Op::kConstant) return std::nullopt;
  const base::Value* value = &code.operands[0].constant;
  const auto computed = code.function->apply({std::span(&value, 1), std::span(&code.operands[0].type, 1)});
  if (computed) return std::nullopt;
  return ExpressionError{code.operands[0].offset, computed.error(),
                         fmt::format("write it as {}", code.function->signature)};
}

}  // namespace

Checked Checker::call(const Syntax& syntax, const Hint& hint) {
  if (syntax.text == "has") return has(syntax);
  if (find_macro(syntax.text) != nullptr) {
    return type_error(syntax.offset, fmt::format("'{}' is a method of lists", syntax.text),
                      fmt::format("write list.{}(row, …)", syntax.text));
  }
  const Function* function = find_function(syntax.text);
  if (function == nullptr) return std::unexpected(unknown_function(syntax));
  if (function->style == Function::Style::kMethod) {
    return type_error(syntax.offset, fmt::format("'{}' is a method", syntax.text),
                      fmt::format("write {}", function->signature));
  }
  return invoke(*function, syntax, hint);
}

Checked Checker::method(const Syntax& syntax, const Hint& hint) {
  if (const MacroName* macro = find_macro(syntax.text)) {
    const std::size_t given = syntax.children.size() - 1;
    if (given < 2 || given > macro->max_arguments) {
      return type_error(syntax.offset, fmt::format("'{}' takes a variable and an expression", syntax.text),
                        fmt::format("write list.{}(row, …)", syntax.text));
    }
    return comprehension(syntax, macro->macro, hint);
  }
  const Function* function = find_function(syntax.text);
  if (function == nullptr) return std::unexpected(unknown_function(syntax));
  if (function->style == Function::Style::kFunction) {
    return type_error(syntax.offset, fmt::format("'{}' is a function, not a method", syntax.text),
                      fmt::format("write {}", function->signature));
  }
  return invoke(*function, syntax, hint);
}

Checked Checker::has(const Syntax& syntax) {
  constexpr std::string_view kHint = "write has(S1.question), has(row.column) or has(map[key])";
  if (syntax.children.size() != 1) return type_error(syntax.offset, "has() takes one name", std::string(kHint));
  TRY(auto operand, infer(syntax.children[0], std::nullopt));
  const bool is_name = operand.op == Code::Op::kReference || operand.op == Code::Op::kLocal ||
                       operand.op == Code::Op::kMember || operand.op == Code::Op::kMapItem;
  if (!is_name)
    return type_error(syntax.children[0].offset, "has() takes the name of a question or a member", std::string(kHint));
  Code code = make_code(Code::Op::kHas, Type::of(Kind::kBool), syntax.offset);
  code.operands.push_back(std::move(operand));
  return code;
}

Checked Checker::comprehension(const Syntax& syntax, Code::Macro macro, const Hint& hint) {
  const bool keeps_elements = macro == Code::Macro::kFilter;
  TRY(auto range, infer(syntax.children[0], keeps_elements ? hint : std::nullopt));
  const Syntax& variable = syntax.children[1];
  if (variable.kind != Syntax::Kind::kName) {
    return type_error(variable.offset, "a variable's name is needed here",
                      fmt::format("write list.{}(row, …)", syntax.text));
  }
  Local local{variable.text, variable.text, {}};
  if (range.type.kind == Kind::kMap) {
    local.type = Type::enum_of(range.type.enumeration);
  } else if (range.type.kind == Kind::kList && range.type.element != nullptr) {
    local.type = *range.type.element;
    if (!range.path.empty()) local.path = range.path + "[]";
  } else {
    return type_error(syntax.offset,
                      fmt::format("'{}' needs a list or a map, not {}", syntax.text, range.type.to_string()));
  }
  Code code = make_code(Code::Op::kComprehension, {}, syntax.offset);
  code.macro = macro;
  code.slot = locals_.size();
  if (keeps_elements && range.type.kind == Kind::kList) code.path = range.path;
  code.operands.push_back(std::move(range));
  locals_.push_back(std::move(local));
  auto checked = comprehension_body(syntax, std::move(code), hint);
  locals_.pop_back();
  return checked;
}

Checked Checker::comprehension_body(const Syntax& syntax, Code code, const Hint& hint) {
  const auto what = fmt::format("'{}'", syntax.text);
  if (code.macro != Code::Macro::kMap) {
    TRY(auto predicate, condition(syntax.children[2], what));
    const bool is_filter = code.macro == Code::Macro::kFilter;
    code.type = is_filter ? Type::list_of(locals_.back().type) : Type::of(Kind::kBool);
    code.operands.push_back(std::move(predicate));
    return code;
  }
  if (syntax.children.size() == 4) {
    TRY(auto predicate, condition(syntax.children[2], what));
    code.operands.push_back(std::move(predicate));
  }
  const Hint element = hint && hint->kind == Kind::kList && hint->element ? Hint(*hint->element) : std::nullopt;
  TRY(auto body, infer(syntax.children.back(), element));
  code.type = Type::list_of(body.type);
  code.operands.push_back(std::move(body));
  return code;
}

std::expected<std::vector<Code>, ExpressionError> Checker::arguments(const Function& function, const Syntax& syntax,
                                                                     const Hint& hint) {
  const bool two_alike = function.hint != nullptr && syntax.children.size() == 2 && needs_context(syntax.children[0]) &&
                         syntax.children[0].kind != Syntax::Kind::kList;
  // max("LOW", severity): the second tells what the first is.
  if (two_alike) return pair(syntax.children[0], syntax.children[1], hint);
  std::vector<Code> codes;
  for (const auto& child : syntax.children) {
    const auto types = types_of(codes);
    TRY(auto code, infer(child, function.hint != nullptr && !types.empty() ? function.hint(types) : std::nullopt));
    codes.push_back(std::move(code));
  }
  return codes;
}

Checked Checker::invoke(const Function& function, const Syntax& syntax, const Hint& hint) {
  const std::size_t given = syntax.children.size();
  if (given < function.min_arguments || given > function.max_arguments) {
    return type_error(syntax.offset, fmt::format("wrong number of arguments for '{}'", function.name),
                      fmt::format("write {}", function.signature));
  }
  TRY(auto codes, arguments(function, syntax, hint));
  auto type = function.check(types_of(codes));
  if (!type) {
    return type_error(syntax.offset, fmt::format("{}(): {}", function.name, type.error()),
                      fmt::format("write {}", function.signature));
  }
  Code code = make_code(Code::Op::kCall, *std::move(type), syntax.offset);
  code.function = &function;
  code.operands = std::move(codes);
  if (auto error = bad_constant(code)) return std::unexpected(*std::move(error));
  return code;
}

}  // namespace tollgate::protocol
