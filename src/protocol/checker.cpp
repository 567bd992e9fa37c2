#include "protocol/checker.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"

namespace tollgate::protocol {

std::unexpected<ExpressionError> type_error(std::size_t offset, std::string message, std::string hint) {
  return std::unexpected(ExpressionError{offset, std::move(message), std::move(hint)});
}

Code make_code(Code::Op op, Type type, std::size_t offset) {
  Code code;
  code.op = op;
  code.type = std::move(type);
  code.offset = offset;
  return code;
}

bool needs_context(const Syntax& syntax) {
  switch (syntax.kind) {
    case Syntax::Kind::kLiteral: return syntax.is_string();
    case Syntax::Kind::kList:
    case Syntax::Kind::kRecord: return true;
    case Syntax::Kind::kConditional: return needs_context(syntax.children[1]) && needs_context(syntax.children[2]);
    default: return false;
  }
}

Checked Checker::check(const Syntax& root, const std::optional<Type>& expected) {
  TRY(auto code, infer(root, expected));
  if (!expected) return code;
  if (!is_assignable(code.type, *expected)) {
    const bool text_from_enum = code.type.kind == Type::Kind::kEnum && expected->kind == Type::Kind::kString;
    return type_error(root.offset,
                      fmt::format("this gives {}, but {} is needed", code.type.to_string(), expected->to_string()),
                      text_from_enum ? "label(x) or string(x) makes text of an enum value" : "");
  }
  code.type = *expected;
  return code;
}

Checked Checker::infer(const Syntax& syntax, const Hint& hint) {
  switch (syntax.kind) {
    case Syntax::Kind::kLiteral: return literal(syntax, hint);
    case Syntax::Kind::kName: return name(syntax);
    case Syntax::Kind::kMember: return member(syntax);
    case Syntax::Kind::kIndex: return index(syntax);
    case Syntax::Kind::kCall: return call(syntax, hint);
    case Syntax::Kind::kMethod: return method(syntax, hint);
    case Syntax::Kind::kNot:
    case Syntax::Kind::kNegate: return negation(syntax);
    case Syntax::Kind::kBinary: return binary(syntax, hint);
    case Syntax::Kind::kConditional: return conditional(syntax, hint);
    case Syntax::Kind::kList: return list(syntax, hint);
    case Syntax::Kind::kRecord: return record(syntax, hint);
  }
  return type_error(syntax.offset, "this cannot be understood");
}

}  // namespace tollgate::protocol
