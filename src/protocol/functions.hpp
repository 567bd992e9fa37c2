// The functions of the expression language, one table: name, signature check, implementation.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/operators.hpp"
#include "protocol/type.hpp"

namespace tollgate::protocol {

struct CallArguments {
  std::span<const base::Value* const> values;  // none is null
  std::span<const Type> types;

  const base::Value& operator[](std::size_t index) const { return *values[index]; }
  std::size_t size() const { return values.size(); }
};

struct Function {
  enum class Style { kFunction, kMethod, kEither };

  std::string_view name;
  std::string_view signature;  // "round(number, digits)": for messages
  Style style;
  std::size_t min_arguments;  // a method's receiver counts
  std::size_t max_arguments;
  // The result's type, or what is wrong with the arguments.
  std::expected<Type, std::string> (*check)(std::span<const Type> arguments);
  // What the next argument probably is, given those before it: lets string literals become enum values.
  std::optional<Type> (*hint)(std::span<const Type> earlier);
  Computed (*apply)(const CallArguments& arguments);
  std::size_t steps = 1;  // per element or 16 bytes of the arguments
};

const Function* find_function(std::string_view name);
std::vector<std::string> function_names();

std::span<const Function> list_functions();  // the part of the table in list_functions.cpp

}  // namespace tollgate::protocol
