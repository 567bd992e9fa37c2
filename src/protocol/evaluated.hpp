// What became of a part of an expression: a value, or why there is none.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/value.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {

// A value that lives in the environment or in an enclosing comprehension, or one computed here.
class Operand {
 public:
  // Implicit, so that an evaluation returns either as it is.
  Operand(const base::Value* borrowed) : borrowed_(borrowed) {}
  Operand(base::Value owned) : owned_(std::move(owned)) {}

  const base::Value& operator*() const { return borrowed_ == nullptr ? owned_ : *borrowed_; }
  const base::Value* operator->() const { return &**this; }
  bool is_borrowed() const { return borrowed_ != nullptr; }
  base::Value take() && {
    if (borrowed_ != nullptr) return *borrowed_;
    return std::move(owned_);
  }

 private:
  const base::Value* borrowed_ = nullptr;
  base::Value owned_;
};

using Failure = std::variant<Missing, Undefined>;
using Evaluated = std::expected<Operand, Failure>;

std::unexpected<Failure> undefined(std::string message);
std::unexpected<Failure> missing(std::string reference);

// Collects what went wrong in several operands. An unanswered question outweighs an undefined value: its answer may
// change everything.
class Failures {
 public:
  void add(Failure next);
  bool any() const { return first_.has_value(); }
  std::unexpected<Failure> take() { return std::unexpected(*std::move(first_)); }

 private:
  std::optional<Failure> first_;
};

}  // namespace tollgate::protocol
