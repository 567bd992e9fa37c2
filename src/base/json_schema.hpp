// Checks values against the part of JSON Schema 2020-12 that our schemas use:
//   type (one or a list), enum, const, anyOf; properties, required, additionalProperties (boolean); items, minItems,
//   maxItems; minLength, maxLength (in characters); minimum, maximum.
// title, description, default, examples, format, pattern, $schema and x-… are annotations: allowed and not checked.
// There is no $ref, so the work is bounded by the sizes of value and schema.
#pragma once

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::base {

// kInvalidArgument; the message begins with the JSON pointer (RFC 6901) of the first member that does not fit:
// "/scores/2/score: 11 is more than the maximum 10".
Status validate(const Value& value, const Value& schema);

// kUnsupported, naming the keyword and its place, when validate() would not honour all that `schema` says.
Status check_schema(const Value& schema);

}  // namespace tollgate::base
