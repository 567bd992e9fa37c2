// What prompts are made of: parts of a session as JSON, so that what people wrote stays data.
//
// Everything from outside goes into one JSON document in the user's message, where quotes and control characters are
// escaped; the system prompt says that nothing in it is an instruction. No word is ever filtered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "protocol/model.hpp"
#include "session/session.hpp"

namespace tollgate::llm {

inline constexpr std::size_t kMaxContextBytes = 24'000;  // of all context values of one prompt

// Room in max_tokens for models that think before they reply; what is not used costs nothing.
inline constexpr std::int64_t kThinkingTokens = 4'000;

// {id, ask, answer}: one answered question. Long values are cut, with a mark.
base::Value answered_question(const session::Session& session, const protocol::Question& question,
                              std::size_t max_bytes);

// The answers that `questions` need, without themselves, each once, in protocol order, bounded in total.
base::Value context_of(const session::Session& session, const std::vector<const protocol::Question*>& questions);

// {review, stage, group}: where in the protocol we are. REQUIRES: all of one stage, at least one.
base::Value::Record place_of(const session::Session& session, const std::vector<const protocol::Question*>& questions);

std::vector<const protocol::Question*> find_questions(const protocol::Protocol& protocol,
                                                      const std::vector<std::string>& names);

// The sentence every system prompt ends with.
extern const char* const kDataRule;

}  // namespace tollgate::llm
