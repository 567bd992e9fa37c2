// Asks a model to judge answers, one group in one call, and reads its judgement.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "protocol/precheck.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

// What a model said of one answer. The score is not the model's: it is the rubric's weighted mean of the dimensions.
struct Judgement {
  std::string question;
  protocol::Dimensions dimensions;
  std::vector<std::string> issues;
  std::vector<std::string> follow_ups;
};

// REQUIRES: every question is answered and has a rubric; at least one. The model is left empty.
// The project's name is no part of it: another one makes no answer better, so a copied session finds what was judged.
ChatRequest assess_request(const session::Session& session, const std::vector<std::string>& questions);

// The tier the questions' rubrics ask for: the highest of them.
Tier assess_tier(const session::Session& session, const std::vector<std::string>& questions);

// What a model would have replied had it been asked about this one alone.
base::Value part_of_assess_reply(const base::Value& reply, const std::string& question);

// `reply` fits the request's schema. kBadReply when a question is missing.
base::Result<std::vector<Judgement>> read_assess_reply(const std::vector<std::string>& questions,
                                                       const base::Value& reply);

}  // namespace tollgate::llm
