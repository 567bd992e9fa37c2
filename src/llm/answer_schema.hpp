// The JSON schema of an answer to a question, for a model that drafts one.
#pragma once

#include "base/value.hpp"
#include "protocol/model.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

// A ref may only be a value that the session has. Money, durations and dates are strings with a `format`; the
// question's good example stands under `examples`. Providers that refuse these keywords get them inside the description
// (strict_schema.hpp). REQUIRES: the question is neither derived nor a file.
base::Value answer_schema(const session::Session& session, const protocol::Question& question);

}  // namespace tollgate::llm
