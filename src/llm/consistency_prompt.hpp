// Asks a model whether answers of different stages contradict each other, all checks in one call.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

enum class Consistency { kConsistent, kContradiction };

struct CheckJudgement {
  std::string check;
  Consistency consistency = Consistency::kConsistent;
  std::string explanation;
};

// REQUIRES: at least one check, all of kind llm. The model is left empty.
ChatRequest consistency_request(const session::Session& session, const std::vector<std::string>& checks);

// `reply` fits the request's schema. kBadReply when a check is missing.
base::Result<std::vector<CheckJudgement>> read_consistency_reply(const std::vector<std::string>& checks,
                                                                 const base::Value& reply);

}  // namespace tollgate::llm
