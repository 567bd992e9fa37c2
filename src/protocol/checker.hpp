// Type-checks a syntax tree into code.
//
// Types flow up; a hint flows down, so that string literals become enum values and records take their fields' types
// wherever the context tells.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/ast.hpp"
#include "protocol/code.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {

using Checked = std::expected<Code, ExpressionError>;

class Checker {
 public:
  explicit Checker(const Scope& scope) : scope_(scope) {}  // `scope` must outlive the checker

  // The code's type is assignable to `expected`, and is `expected` when that is given.
  Checked check(const Syntax& root, const std::optional<Type>& expected);

 private:
  using Hint = std::optional<Type>;
  struct Local {
    std::string name;
    std::string path;
    Type type;
  };

  Checked infer(const Syntax& syntax, const Hint& hint);

  // checker_literals.cpp
  Checked literal(const Syntax& syntax, const Hint& hint) const;
  Checked enum_literal(const Syntax& syntax, const Hint& hint) const;
  Checked list(const Syntax& syntax, const Hint& hint);
  Checked record(const Syntax& syntax, const Hint& hint);
  Checked record_field(const Syntax& key, const Syntax& value, const Hint& hint, const RecordType* target);

  // checker_names.cpp
  Checked name(const Syntax& syntax) const;
  Checked member(const Syntax& syntax);
  Checked member_of(Code object, const std::string& member, std::size_t offset) const;
  Checked index(const Syntax& syntax);
  const Local* find_local(std::string_view name, std::size_t& slot) const;
  ExpressionError unknown_name(const std::vector<std::string>& chain, std::size_t offset) const;

  // checker_operators.cpp
  Checked negation(const Syntax& syntax);
  Checked binary(const Syntax& syntax, const Hint& hint);
  Checked logical(const Syntax& syntax);
  Checked arithmetic(const Syntax& syntax, const Hint& hint);
  Checked comparison(const Syntax& syntax);
  Checked membership(const Syntax& syntax);
  Checked conditional(const Syntax& syntax, const Hint& hint);
  Checked condition(const Syntax& syntax, std::string_view what);
  std::expected<std::vector<Code>, ExpressionError> pair(const Syntax& left, const Syntax& right, const Hint& hint);

  // checker_calls.cpp
  Checked call(const Syntax& syntax, const Hint& hint);
  Checked method(const Syntax& syntax, const Hint& hint);
  Checked has(const Syntax& syntax);
  Checked comprehension(const Syntax& syntax, Code::Macro macro, const Hint& hint);
  Checked comprehension_body(const Syntax& syntax, Code code, const Hint& hint);
  Checked invoke(const Function& function, const Syntax& syntax, const Hint& hint);
  std::expected<std::vector<Code>, ExpressionError> arguments(const Function& function, const Syntax& syntax,
                                                              const Hint& hint);

  const Scope& scope_;
  std::vector<Local> locals_;  // innermost last; the index is the slot
};

std::unexpected<ExpressionError> type_error(std::size_t offset, std::string message, std::string hint = {});
Code make_code(Code::Op op, Type type, std::size_t offset);

// Whether its type is known only from where it stands: string, list and record literals, and choices between such.
bool needs_context(const Syntax& syntax);

}  // namespace tollgate::protocol
