#include "protocol/text_features.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "protocol/text_tokens.hpp"
#include "protocol/text_vocabulary.hpp"

namespace tollgate::protocol {
namespace {

using Words = std::vector<Word>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// What may stand before the digits of a figure: nothing, a currency, or a plain word ("mid-2024"). "COVID-" names.
bool is_figure_prefix(std::string_view prefix) {
  constexpr std::array<std::string_view, 7> kCurrencies = {"EUR", "USD", "GBP", "CHF", "JPY", "US", "INR"};
  if (prefix.empty() || contains(kCurrencies, prefix)) return true;
  return prefix.ends_with('-') && std::all_of(prefix.begin(), prefix.end() - 1, is_lower);
}

// Letters between digits: "1h30", "4x100" are figures, "3f2a9c" is not.
bool is_figure_body(std::string_view body) {
  constexpr std::array<std::string_view, 5> kNames = {"2D", "3D", "4G", "5G", "2FA"};
  constexpr std::string_view kInner = "hmdsxe.,:/-'";
  if (contains(kNames, body)) return false;
  const auto last_digit = body.find_last_of("0123456789");
  return std::all_of(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(last_digit), [&](char c) {
    return is_digit(c) || kInner.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
  });
}

// "1." or "2)" before an item of a list.
bool is_list_index(std::string_view text, const Word& word) {
  if (word.text.size() > 2 || !std::all_of(word.text.begin(), word.text.end(), is_digit)) return false;
  const auto after = text.substr(word.offset + word.text.size());
  const bool marked = after.starts_with('.') || after.starts_with(')');
  if (!marked || (after.size() > 1 && after[1] != ' ' && after[1] != '\n' && after[1] != '\t')) return false;
  constexpr std::size_t kLookBack = 200;  // bytes; keeps a text of nothing but indexes linear
  const std::size_t start = word.offset - std::min(word.offset, kLookBack);
  const auto window = text.substr(start, word.offset - start);
  const auto line_break = window.rfind('\n');
  const bool sees_start = start == 0 || line_break != std::string_view::npos;
  const auto before = line_break == std::string_view::npos ? window : window.substr(line_break + 1);
  if (sees_start && before.find_first_not_of(" \t-*(") == std::string_view::npos) return true;
  return after.starts_with(')') && before.find('(') == std::string_view::npos;
}

bool is_figure(std::string_view text, const Word& word) {
  const auto first_digit = word.text.find_first_of("0123456789");
  if (first_digit == std::string_view::npos) return false;
  return is_figure_prefix(word.text.substr(0, first_digit)) && is_figure_body(word.text.substr(first_digit)) &&
         !is_list_index(text, word);
}

std::string_view lower_at(const Words& words, std::size_t at) {
  return at < words.size() ? std::string_view(words[at].lower) : std::string_view();
}

// "one" as a pronoun, "third party".
bool is_number_in_name(const Words& words, std::size_t at) {
  constexpr std::array<std::string_view, 11> kBeforePronoun = {"no",   "any", "some",  "every",   "each", "this",
                                                               "that", "the", "which", "another", "other"};
  constexpr std::array<std::string_view, 7> kAfterOneOf = {"the", "our", "my", "their", "these", "those", "its"};
  const auto next = lower_at(words, at + 1);
  if (words[at].lower == "third") return next == "party" || next == "parties";
  if (words[at].lower != "one") return false;
  if (next == "another" || (next == "of" && contains(kAfterOneOf, lower_at(words, at + 2)))) return true;
  return at > 0 && contains(kBeforePronoun, words[at - 1].lower);
}

// "twenty-five", "half-day", but not "third-party", "one-off".
bool is_compound_number(std::string_view word) {
  constexpr std::array<std::string_view, 12> kInNames = {"off", "stop",  "size",    "party", "parties", "all",
                                                         "to",  "baked", "hearted", "way",   "on",      "sided"};
  const auto parts = base::split(word, '-');
  return parts.size() > 1 && std::any_of(parts.begin(), parts.end(), is_number_word) &&
         std::none_of(parts.begin(), parts.end(), [&](std::string_view part) { return contains(kInNames, part); });
}

// Takes common endings off, enough for "risk"/"risks", "improve"/"improving", "plan"/"planned" to meet.
std::string stem(std::string word) {
  constexpr std::array<std::string_view, 11> kEndings = {"'s",   "ations", "ation", "ings", "ing", "ments",
                                                         "ment", "ies",    "ed",    "ly",   "es"};
  constexpr std::size_t kMinStem = 3;
  for (const auto ending : kEndings) {
    if (word.size() >= ending.size() + kMinStem && word.ends_with(ending)) {
      word.resize(word.size() - ending.size());
      break;
    }
  }
  if (word.size() > kMinStem && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  if (word.size() > kMinStem && (word.ends_with('e') || word.ends_with('y'))) word.pop_back();
  if (word.size() > kMinStem && word[word.size() - 1] == word[word.size() - 2]) word.pop_back();
  return word;
}

std::set<std::string> content_stems(std::string_view text) {
  std::set<std::string> stems;
  for (auto& word : split_words(text)) {
    if (!is_stopword(word.lower)) stems.insert(stem(std::move(word.lower)));
  }
  return stems;
}

}  // namespace

std::int64_t count_words(std::string_view text) {
  return static_cast<std::int64_t>(split_words(text).size());
}

std::int64_t count_numbers(std::string_view text) {
  const auto words = split_words(text);
  std::int64_t count = 0;
  bool after_number = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const bool is_word = is_number_word(word.lower) && !is_number_in_name(words, i);
    const bool continues = after_number && is_magnitude_word(word.lower);
    after_number = is_figure(text, word) || is_word || is_compound_number(word.lower);
    if (after_number && !continues) ++count;
  }
  return count;
}

std::int64_t similarity(std::string_view a, std::string_view b) {
  const auto left = content_stems(a);
  const auto right = content_stems(b);
  if (left.empty() || right.empty()) return 0;
  const auto shared =
      std::count_if(left.begin(), left.end(), [&](const std::string& word) { return right.contains(word); });
  return 200 * shared / static_cast<std::int64_t>(left.size() + right.size());
}

}  // namespace tollgate::protocol
