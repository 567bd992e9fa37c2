// A compiled expression of the CEL subset that docs/protocol.md describes: pure, type-checked, bounded.
//
// Immutable and cheap to copy (the syntax tree is shared); evaluate() is thread-safe. Evaluation takes at most
// kMaxSteps steps and allocates in proportion to its result.
// Source: the Common Expression Language definition, https://github.com/google/cel-spec (langdef.md).
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/value.hpp"
#include "protocol/type.hpp"

namespace tollgate::protocol {

inline constexpr std::size_t kMaxExpressionBytes = 2000;
inline constexpr std::size_t kMaxSteps = 1'000'000;

// The names an expression may use.
class Scope {
 public:
  // `name` is what the author writes ("features", "S1.features"); `reference` is what evaluation asks the Environment
  // for ("S1.features").
  void declare(std::string name, std::string reference, Type type);
  struct Symbol {
    std::string reference;
    Type type;
  };
  const Symbol* find(std::string_view name) const;
  std::vector<std::string> names() const;  // sorted; for "did you mean"

 private:
  std::map<std::string, Symbol, std::less<>> symbols_;
};

// The values behind the references, at evaluation.
class Environment {
 public:
  virtual ~Environment() = default;
  // nullptr: unanswered. The pointer must stay valid during the evaluation.
  virtual const base::Value* find(std::string_view reference) const = 0;
};

// Environment over a map, for tests and small scopes.
class MapEnvironment final : public Environment {
 public:
  MapEnvironment() = default;
  explicit MapEnvironment(std::map<std::string, base::Value, std::less<>> values) : values_(std::move(values)) {}
  void set(std::string reference, base::Value value) {
    values_.insert_or_assign(std::move(reference), std::move(value));
  }
  const base::Value* find(std::string_view reference) const override;

 private:
  std::map<std::string, base::Value, std::less<>> values_;
};

// Undetermined: the result depends on questions nobody has answered.
struct Missing {
  std::vector<std::string> references;  // sorted, unique
};

// Undefined: division by zero, overflow, empty list, different currencies, too many steps.
struct Undefined {
  std::string message;
};

using Evaluation = std::variant<base::Value, Missing, Undefined>;

struct ExpressionError {
  std::size_t offset = 0;  // byte in the expression's text
  std::string message;
  std::string hint{};
};

class Expression {
 public:
  // `expected` coerces: string literals become enum values, an int result becomes a decimal, records take their fields'
  // types. Without it the expression has the type it has.
  static std::expected<Expression, ExpressionError> compile(std::string_view text, const Scope& scope,
                                                            const std::optional<Type>& expected = std::nullopt);

  Evaluation evaluate(const Environment& environment) const;
  bool holds(const Environment& environment) const;  // true only when it evaluates to `true`

  const std::string& text() const;
  const Type& type() const;
  const std::vector<std::string>& references() const;  // sorted, unique
  // References read where nothing guards them: outside has(x) && x, !has(x) || x, has(x) ? x : y.
  const std::vector<std::string>& unguarded_references() const;
  // The same for optional members of rows and items of maps: "S1.features[].latency", "S5.residual.safety".
  const std::vector<std::string>& unguarded_members() const;
  bool is_literal_true() const;

  struct Compiled;  // expression.cpp

 private:
  explicit Expression(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// How a value reads in a sentence: enum labels, "14 days", "EUR 180,000", "true" as yes, lists joined by commas.
std::string to_display(const base::Value& value, const Type& type);

// "The price is {{price}}.": text with expressions, for messages. Undetermined parts print as "(unanswered)".
class Template {
 public:
  static std::expected<Template, ExpressionError> compile(std::string_view text, const Scope& scope);
  std::string render(const Environment& environment) const;
  const std::vector<std::string>& references() const { return references_; }
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::vector<std::variant<std::string, Expression>> parts_;
  std::vector<std::string> references_;
};

}  // namespace tollgate::protocol
