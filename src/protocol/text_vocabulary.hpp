// The English word lists behind text_features. All words are lower case.
#pragma once

#include <span>
#include <string_view>

namespace tollgate::protocol {

bool is_stopword(std::string_view word);        // carries no content of its own: articles, pronouns, auxiliaries
bool is_vague_word(std::string_view word);      // promises without saying how much, how many or when
bool is_negation(std::string_view word);        // not, never, without, …n't
bool is_number_word(std::string_view word);     // one … twelve, twenty, hundred, half, third
bool is_magnitude_word(std::string_view word);  // hundred, million, third: part of the number before it
bool is_filler(std::string_view word);          // what remains around an evasion: "currently", "project", "aware"
bool is_placeholder(std::string_view word);     // test, foo, bla, keyboard runs

std::span<const std::string_view> vague_phrases();
std::span<const std::string_view> evasive_phrases();
std::span<const std::string_view> evasive_openers();  // single words that evade when a sentence starts with them

}  // namespace tollgate::protocol
