// Splits the text of an expression into tokens.
//
// Numbers are exact, strings are unescaped, each token knows its byte offset. The texts of tokens view the input,
// which must outlive them.
// Source: CEL langdef.md, "Syntax" and "String and Bytes Values", without raw, triple-quoted and byte strings.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/expression.hpp"

namespace tollgate::protocol {

struct Token {
  enum class Kind { kInt, kDecimal, kString, kName, kPunctuator, kEnd };

  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::string_view text{};  // as written; kEnd: empty
  std::string string{};     // kString: the content

  bool is(std::string_view punctuator) const { return kind == Kind::kPunctuator && text == punctuator; }
  bool is_name(std::string_view name) const { return kind == Kind::kName && text == name; }
};

// The last token is kEnd.
std::expected<std::vector<Token>, ExpressionError> tokenize(std::string_view text);

}  // namespace tollgate::protocol
