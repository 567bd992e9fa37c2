// Asks a model what to ask next, when an answer was rejected and the assessment did not say.
#pragma once

#include <string>
#include <vector>

#include "llm/chat.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

// REQUIRES: the question is answered and its newest assessment rejected. The model is left empty.
ChatRequest follow_up_request(const session::Session& session, const std::string& question);

std::vector<std::string> read_follow_up_reply(const base::Value& reply);  // `reply` fits the request's schema

}  // namespace tollgate::llm
