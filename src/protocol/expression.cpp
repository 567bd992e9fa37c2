#include "protocol/expression.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"
#include "protocol/checker.hpp"
#include "protocol/evaluator.hpp"
#include "protocol/guards.hpp"
#include "protocol/parser.hpp"

namespace tollgate::protocol {

struct Expression::Compiled {
  std::string text;
  Code code;
  Reads reads;
};

Expression::Expression(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::expected<Expression, ExpressionError> Expression::compile(std::string_view text, const Scope& scope,
                                                               const std::optional<Type>& expected) {
  if (text.size() > kMaxExpressionBytes) {
    return type_error(kMaxExpressionBytes, fmt::format("the expression is longer than {} bytes", kMaxExpressionBytes),
                      "move a part of it into a derived question");
  }
  if (const auto bad = base::find_invalid_utf8(text)) return type_error(*bad, "this is not UTF-8");
  TRY(auto syntax, parse_expression(text));
  TRY(auto code, Checker(scope).check(syntax, expected));
  auto reads = find_reads(code);
  return Expression(std::make_shared<const Compiled>(Compiled{std::string(text), std::move(code), std::move(reads)}));
}

Evaluation Expression::evaluate(const Environment& environment) const {
  return protocol::evaluate(compiled_->code, environment);
}

bool Expression::holds(const Environment& environment) const {
  const auto result = evaluate(environment);
  const auto* value = std::get_if<base::Value>(&result);
  const bool* truth = value == nullptr ? nullptr : value->if_bool();
  return truth != nullptr && *truth;
}

const std::string& Expression::text() const {
  return compiled_->text;
}
const Type& Expression::type() const {
  return compiled_->code.type;
}
const std::vector<std::string>& Expression::references() const {
  return compiled_->reads.references;
}
const std::vector<std::string>& Expression::unguarded_references() const {
  return compiled_->reads.unguarded_references;
}
const std::vector<std::string>& Expression::unguarded_members() const {
  return compiled_->reads.unguarded_members;
}

bool Expression::is_literal_true() const {
  const Code& code = compiled_->code;
  return code.op == Code::Op::kConstant && code.constant == base::Value(true);
}

}  // namespace tollgate::protocol
