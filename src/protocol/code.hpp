// A checked expression, ready to evaluate: names are resolved, each part knows its type, enum values are checked.
//
// Made by the checker, immutable afterwards, shared by all evaluations.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "protocol/operators.hpp"
#include "protocol/type.hpp"

namespace tollgate::protocol {

struct Function;

struct Code {
  enum class Op {
    kConstant,      // constant
    kReference,     // name: what the Environment is asked for
    kLocal,         // slot: a comprehension's variable
    kMember,        // operands[0] . name
    kListItem,      // operands[0] [ operands[1] ]
    kMapItem,       // operands[0] [ operands[1] ]
    kHas,           // operands[0] is answered
    kNot,           //
    kNegate,        //
    kAnd,           //
    kOr,            //
    kConditional,   //
    kArithmetic,    // operands[0] operation operands[1]
    kCompare,       // the same; comparison is done at the type of `compared`
    kIn,            // operands[0] in operands[1]
    kList,          //
    kRecord,        // keys[i] : operands[i]
    kCall,          // function ( operands )
    kComprehension  // macro over operands[0] with its variable in slot; body in operands[1..]
  };
  enum class Macro { kAll, kExists, kExistsOne, kFilter, kMap };

  Op op = Op::kConstant;
  Type type{};
  std::size_t offset = 0;
  base::Value constant{};
  std::string name{};
  std::string path{};  // what to call the value when it is absent: "S1.features[].latency"
  std::size_t slot = 0;
  Operator operation = Operator::kAdd;
  Macro macro = Macro::kAll;
  Type compared{};
  const Function* function = nullptr;
  std::vector<std::string> keys{};
  std::vector<Code> operands{};
};

}  // namespace tollgate::protocol
