// Asks for the rows of a table: field by field, with a menu to add, change and delete rows, or pasted as a list.
#pragma once

#include "cli/question_prompt.hpp"

namespace tollgate::cli {

// REQUIRES: a question of type table. nullopt as in ask_answer().
Entered<std::optional<base::Value>> ask_rows(Dialogue& dialogue, const protocol::Question& question,
                                             const QuestionSetting& setting);

}  // namespace tollgate::cli
