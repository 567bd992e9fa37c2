// The syntax tree of an expression, as written: no name is resolved, no type known.
//
// A tree is at most kMaxSyntaxHeight high, so recursive walks over it need no further bound.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "protocol/operators.hpp"

namespace tollgate::protocol {

inline constexpr std::size_t kMaxSyntaxHeight = 150;

struct Syntax {
  enum class Kind {
    kLiteral,      // literal, literal_kind
    kName,         // text
    kMember,       // children[0] . text
    kIndex,        // children[0] [ children[1] ]
    kCall,         // text ( children )
    kMethod,       // children[0] . text ( children[1..] )
    kNot,          // ! children[0]
    kNegate,       // - children[0]
    kBinary,       // children[0] operation children[1]
    kConditional,  // children[0] ? children[1] : children[2]
    kList,         // [ children ]
    kRecord        // { children[0] : children[1], children[2] : children[3] … }
  };
  enum class LiteralKind { kBool, kInt, kDecimal, kString };

  Kind kind = Kind::kLiteral;
  std::size_t offset = 0;  // kBinary: of the operator; else of the first byte, kMember and kMethod: of the name
  std::string text{};
  base::Value literal{};
  LiteralKind literal_kind = LiteralKind::kBool;
  Operator operation = Operator::kAdd;
  std::vector<Syntax> children{};
  std::size_t height = 1;

  bool is_string() const { return kind == Kind::kLiteral && literal_kind == LiteralKind::kString; }
};

}  // namespace tollgate::protocol
