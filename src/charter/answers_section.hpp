// Appendices: every answer with its score, what was answered before, and what the assessors had to say of weak ones.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "charter/appendices.hpp"
#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

inline constexpr std::size_t kShortAnswerBytes = 160;  // an answer in the table
inline constexpr std::size_t kRemarkBytes = 600;       // an issue or follow-up

// One table per stage, computed values included; below it, whole, what no chapter printed (`printed`) and a row cannot.
void add_answers(Document& document, const Review& review, Appendices& appendices,
                 const std::set<std::string>& printed);

// Answers that others have replaced, with their scores: what was raised to pass a gate. Nothing when there are none.
void add_earlier_answers(Document& document, const Review& review, Appendices& appendices);

// Answers below their threshold, or with issues. Nothing when there are none.
void add_remarks(Document& document, const Review& review, Appendices& appendices);

}  // namespace tollgate::charter
