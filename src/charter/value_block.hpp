// One question's whole value as blocks: a quotation, a list, tables, or a fact beside others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "charter/document.hpp"
#include "charter/review.hpp"

namespace tollgate::charter {

inline constexpr std::size_t kMaxFactBytes = 160;

// The value as a quick fact, when it is short enough to stand beside others; nullopt: it needs blocks of its own.
std::optional<Text> as_fact(const protocol::Question& question, const base::Value& value);

// Texts are printed whole; tables within the bounds of row_table.hpp.
std::vector<Block> as_blocks(const protocol::Protocol& protocol, const protocol::Question& question,
                             const base::Value& value);

// What a reader should know about how an answer came to stand: default, drafted by a model, kept below its threshold,
// not assessed. Empty for an accepted answer of a person.
std::string remark_on(const AnswerLine& line);

}  // namespace tollgate::charter
