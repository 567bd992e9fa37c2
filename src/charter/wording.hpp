// The words and tones a charter uses for what the session knows as enums, counts and times.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

std::string counted(std::size_t count, std::string_view noun);  // "1 answer", "3 answers"
std::string shown_time(base::Timestamp time);                   // "2026-11-23 14:02 UTC"
std::string in_words(std::string_view id);                      // "due_date" → "Due date"

Tone tone_of(protocol::Outcome outcome);
Tone tone_of(protocol::Severity severity);
Tone tone_of(session::GateRuleStatus status);
Tone tone_of(session::QuestionStatus status);
Tone tone_of_score(int score, int accept);

std::string_view words_for(session::AnswerSource source);
std::string_view words_for(session::GateRuleStatus status);
std::string verdict_of(const AnswerLine& line);   // "accepted", "best of 3 kept", "valid"
std::string assessor_of(const AnswerLine& line);  // model, "pre-checks", "type"

// "Waived by A. Reviewer (reviewer) on 2026-11-23: reason. Due 2027-01-31."
std::string waiver_text(const session::Waiver& waiver);

}  // namespace tollgate::charter
