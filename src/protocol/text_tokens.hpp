// Splits prose into words for text_features. Unicode-safe: any script's words count, invalid bytes separate words.
//
// A word is a run of letters and digits of any script; an apostrophe or hyphen between two of them, and . , : / between
// two digits, belong to it ("don't", "state-of-the-art", "1,200", "2027-01-31").
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::protocol {

struct Word {
  std::string_view text;  // views the prose
  std::string lower;      // ASCII letters lowered, ’ as '
  std::size_t offset;
  bool starts_sentence;
};

std::vector<Word> split_words(std::string_view prose);

}  // namespace tollgate::protocol
