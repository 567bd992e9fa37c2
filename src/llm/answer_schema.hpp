// The JSON schema of an answer to a question, for a model that drafts one.
#pragma once

#include "base/value.hpp"
#include "protocol/model.hpp"

namespace tollgate::llm {

// Money, durations and dates are strings with a `format`; the question's good example stands under `examples`.
// Providers that refuse these keywords get them inside the description (strict_schema.hpp). REQUIRES: the question is
// neither derived nor a file.
base::Value answer_schema(const protocol::Question& question);

}  // namespace tollgate::llm
