// Vague and dismissive prose.
#include <algorithm>
#include <string>
#include <vector>

#include "protocol/text_features.hpp"
#include "protocol/text_tokens.hpp"
#include "protocol/text_vocabulary.hpp"

namespace tollgate::protocol {
namespace {

using Words = std::vector<Word>;

// One vague word needs this much that is concrete beside it. Content words count 1, names 3, figures 5.
constexpr std::size_t kConcretePerVagueWord = 8;
constexpr std::size_t kNameWeight = 2;  // on top of the 1 for being a content word
constexpr std::size_t kFigureWeight = 5;

constexpr std::size_t kMaxQuote = 500;  // bytes between quotation marks

// Whether the phrase's words stand at `at`; how many they are, or 0.
std::size_t phrase_at(const Words& words, std::size_t at, std::string_view phrase) {
  for (std::size_t length = 0; at + length < words.size(); ++length) {
    const auto end = phrase.find(' ');
    if (words[at + length].lower != phrase.substr(0, end)) return 0;
    if (end == std::string_view::npos) return length + 1;
    phrase.remove_prefix(end + 1);
  }
  return 0;
}

// Marks the words inside "…" or “…”: they are somebody else's.
std::vector<bool> find_quoted(std::string_view text, const Words& words) {
  std::vector<bool> quoted(words.size(), false);
  std::size_t count = 0;
  std::size_t word = 0;
  for (std::size_t open = text.find_first_of("\"\xe2"); open != std::string_view::npos;) {
    const bool plain = text[open] == '"';
    const bool is_quote = plain || text.substr(open).starts_with("“");
    const auto length = is_quote ? text.substr(open + 1, kMaxQuote).find(plain ? "\"" : "”") : std::string_view::npos;
    const auto close = length == std::string_view::npos ? length : open + 1 + length;
    if (close != std::string_view::npos) {
      while (word < words.size() && words[word].offset < open) ++word;
      for (; word < words.size() && words[word].offset < close; ++word, ++count) quoted[word] = true;
    }
    open = text.find_first_of("\"\xe2", (close == std::string_view::npos ? open : close) + 1);
  }
  // Quotes around everything do not make it somebody else's.
  if (count * 2 > words.size()) quoted.assign(words.size(), false);
  return quoted;
}

bool is_limiting(std::string_view word) {
  return word == "only" || word == "just" || word == "merely" || word == "simply";
}

// "not better", "without many": but "not only better" is a claim.
bool is_negated(const Words& words, std::size_t at) {
  for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
    if (is_negation(words[at - back].lower) && !is_limiting(words[at - back + 1].lower)) return true;
  }
  return false;
}

// A name or code: capitals inside a sentence, or two capitals, or letters glued to digits.
bool is_name(const Word& word) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto capitals = std::count_if(word.text.begin(), word.text.end(), is_upper);
  if (capitals >= 2 || (capitals == 1 && !word.starts_sentence && word.lower != "i")) return true;
  return !is_digit(word.text.front()) && std::any_of(word.text.begin(), word.text.end(), is_digit);
}

std::size_t vague_phrase_length(const Words& words, std::size_t at) {
  for (const auto phrase : vague_phrases()) {
    if (const std::size_t length = phrase_at(words, at, phrase); length > 0) return length;
  }
  return 0;
}

// A sentence is words [first, last).
struct Span {
  std::size_t first;
  std::size_t last;
};

std::vector<Span> sentences(const Words& words) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_sentence || spans.empty()) spans.push_back({i, i});
    spans.back().last = i + 1;
  }
  return spans;
}

std::size_t count_substance(const Words& words, Span span) {
  std::size_t count = 0;
  for (std::size_t i = span.first; i < span.last; ++i) {
    if (!is_stopword(words[i].lower) && !is_filler(words[i].lower)) ++count;
  }
  return count;
}

bool has_evasive_phrase(const Words& words, Span span) {
  constexpr std::size_t kMaxRemainder = 2;  // "the vendor" of "trust the vendor on this"
  for (std::size_t i = span.first; i < span.last; ++i) {
    for (const auto phrase : evasive_phrases()) {
      const std::size_t length = phrase_at(words, i, phrase);
      if (length == 0 || i + length > span.last) continue;
      if (count_substance(words, {span.first, i}) + count_substance(words, {i + length, span.last}) <= kMaxRemainder) {
        return true;
      }
    }
  }
  return false;
}

bool is_evasive_sentence(const Words& words, Span span) {
  const auto openers = evasive_openers();
  const bool opens = std::find(openers.begin(), openers.end(), words[span.first].lower) != openers.end();
  if (opens && count_substance(words, {span.first + 1, span.last}) <= 1) {
    // "No changes" says something; a bare "No" does not.
    const auto& opener = words[span.first].lower;
    const bool needs_to_stand_alone = opener == "no" || opener == "yes";
    if (!needs_to_stand_alone || span.last - span.first == 1) return true;
  }
  return has_evasive_phrase(words, span);
}

}  // namespace

bool is_vague(std::string_view text) {
  const auto words = split_words(text);
  const auto quoted = find_quoted(text, words);
  std::size_t vague = 0;
  std::size_t concrete = kFigureWeight * static_cast<std::size_t>(count_numbers(text));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (const std::size_t length = vague_phrase_length(words, i); length > 0 && !quoted[i] && !is_negated(words, i)) {
      ++vague;
      i += length - 1;
    } else if (is_vague_word(word.lower)) {
      if (!quoted[i] && !is_negated(words, i)) ++vague;
    } else if (!is_stopword(word.lower)) {
      concrete += 1 + (is_name(word) ? kNameWeight : 0);
    }
  }
  return vague * kConcretePerVagueWord > concrete;
}

bool is_dismissive(std::string_view text) {
  const auto words = split_words(text);
  if (words.empty()) return true;
  if (std::all_of(words.begin(), words.end(), [](const Word& word) { return is_placeholder(word.lower); })) return true;
  if (count_numbers(text) > 0) return false;
  const auto spans = sentences(words);
  return std::all_of(spans.begin(), spans.end(), [&](Span span) { return is_evasive_sentence(words, span); });
}

}  // namespace tollgate::protocol
