// Cheap, deterministic signs of quality in English prose, for the pre-checks of rubrics. Pure functions, total on any
// bytes.
//
// They are built to be trusted when they accuse: a concrete sentence must pass even if it holds a vague word, a
// substantive sentence even if it starts with "None".
#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate::protocol {

std::int64_t count_words(std::string_view text);

// Figures: digits with their separators ("2.4", "1,200", "2027-01-31", "15k" are one each) and number words from one to
// twelve, tens, hundred …, half, third. Digits glued into a name (S3, COVID-19) and list indexes (1., 2)) do not count.
std::int64_t count_numbers(std::string_view text);

// Leans on vague words (improve, better, various, soon …) with too little that is concrete beside them.
bool is_vague(std::string_view text);

// Evades the question: "n/a", "no risks", "TBD", "same as above", punctuation only, "asdf".
bool is_dismissive(std::string_view text);

// 0–100: how far the content words of both texts are the same set (Dice coefficient of light stems).
std::int64_t similarity(std::string_view a, std::string_view b);

}  // namespace tollgate::protocol
