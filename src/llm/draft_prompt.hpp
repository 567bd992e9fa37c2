// Asks a model to draft answers from what is known of the project, one group in one call, and reads the drafts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "llm/chat.hpp"
#include "session/brief.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

struct Drafts {
  std::vector<std::pair<std::string, base::Value>> answers;       // by question, parsed for its type
  std::vector<std::pair<std::string, std::string>> unreadable{};  // by question: what was wrong with the draft
};

// A rejected draft is drafted again: its assessment's issues go into the prompt. REQUIRES: at least one question, none
// derived, none a file. The model is left empty.
ChatRequest draft_request(const session::Session& session, const session::Brief& brief,
                          const std::vector<std::string>& questions);

// `reply` fits the request's schema.
Drafts read_draft_reply(const protocol::Protocol& protocol, const std::vector<std::string>& questions,
                        const base::Value& reply);

}  // namespace tollgate::llm
