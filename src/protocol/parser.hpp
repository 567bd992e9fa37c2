// Parses an expression into its syntax tree: precedence climbing, bounded in depth.
// Source: CEL langdef.md, "Syntax".
#pragma once

#include <expected>
#include <string_view>

#include "protocol/ast.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {

std::expected<Syntax, ExpressionError> parse_expression(std::string_view text);

}  // namespace tollgate::protocol
