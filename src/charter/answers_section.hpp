// Appendices A and B: every answer with its score, and what the assessors had to say about the weak ones.
#pragma once

#include <cstddef>

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

inline constexpr std::size_t kShortAnswerBytes = 160;  // an answer in the table
inline constexpr std::size_t kRemarkBytes = 600;       // an issue or follow-up

// One table per stage, computed values included.
void add_answers(Document& document, const Review& review);

// Answers below their threshold, or with issues. Nothing when there are none.
void add_remarks(Document& document, const Review& review);

}  // namespace tollgate::charter
