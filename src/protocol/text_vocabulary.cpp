#include "protocol/text_vocabulary.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

namespace tollgate::protocol {
namespace {

using Words = std::unordered_set<std::string_view>;

// What a hand lying on the keyboard types first.
constexpr std::array<std::string_view, 9> kKeyboardRuns = {"asdf", "sdfg", "dfgh", "hjkl", "qwer",
                                                           "wert", "zxcv", "xcvb", "jkl"};

bool is_vowel(char c) {
  return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

}  // namespace

bool is_stopword(std::string_view word) {
  static const Words kWords = {
      "a",     "about",  "after", "all",     "also",  "am",     "an",     "and",     "another", "any",   "are",
      "as",    "at",     "be",    "because", "been",  "before", "being",  "between", "both",    "but",   "by",
      "can",   "could",  "did",   "do",      "does",  "down",   "during", "each",    "either",  "every", "for",
      "from",  "get",    "gets",  "had",     "has",   "have",   "he",     "her",     "here",    "his",   "how",
      "i",     "if",     "in",    "into",    "is",    "it",     "it's",   "its",     "just",    "like",  "make",
      "makes", "making", "may",   "me",      "might", "must",   "my",     "need",    "needs",   "no",    "nor",
      "not",   "of",     "off",   "on",      "only",  "or",     "other",  "our",     "out",     "over",  "own",
      "per",   "same",   "she",   "should",  "since", "so",     "such",   "than",    "that",    "the",   "their",
      "them",  "then",   "there", "these",   "they",  "this",   "those",  "to",      "too",     "under", "up",
      "us",    "use",    "used",  "uses",    "using", "very",   "via",    "want",    "wanted",  "wants", "was",
      "we",    "were",   "what",  "when",    "where", "which",  "while",  "who",     "whose",   "why",   "will",
      "with",  "would",  "you",   "your"};
  return kWords.contains(word);
}

bool is_vague_word(std::string_view word) {
  static const Words kWords = {"improve",
                               "improves",
                               "improved",
                               "improving",
                               "improvement",
                               "improvements",
                               "better",
                               "best",
                               "optimise",
                               "optimised",
                               "optimising",
                               "optimisation",
                               "optimize",
                               "optimized",
                               "optimizing",
                               "optimization",
                               "optimal",
                               "enhance",
                               "enhanced",
                               "enhances",
                               "enhancing",
                               "enhancement",
                               "enhancements",
                               "efficient",
                               "efficiently",
                               "efficiency",
                               "inefficient",
                               "effective",
                               "effectively",
                               "effectiveness",
                               "leverage",
                               "leveraging",
                               "leveraged",
                               "leverages",
                               "streamline",
                               "streamlined",
                               "streamlining",
                               "modernise",
                               "modernize",
                               "modern",
                               "transform",
                               "transforming",
                               "transformation",
                               "innovative",
                               "innovation",
                               "innovate",
                               "various",
                               "several",
                               "some",
                               "many",
                               "much",
                               "more",
                               "few",
                               "often",
                               "sometimes",
                               "frequently",
                               "usually",
                               "generally",
                               "typically",
                               "mostly",
                               "soon",
                               "eventually",
                               "someday",
                               "etc",
                               "good",
                               "great",
                               "nice",
                               "bad",
                               "poor",
                               "excellent",
                               "fast",
                               "faster",
                               "quick",
                               "quickly",
                               "quicker",
                               "slow",
                               "easy",
                               "easier",
                               "easily",
                               "simple",
                               "simpler",
                               "smart",
                               "smarter",
                               "intelligent",
                               "significantly",
                               "significant",
                               "substantial",
                               "substantially",
                               "considerable",
                               "considerably",
                               "dramatically",
                               "dramatic",
                               "greatly",
                               "highly",
                               "lots",
                               "numerous",
                               "things",
                               "stuff",
                               "somehow",
                               "appropriate",
                               "appropriately",
                               "suitable",
                               "adequate",
                               "adequately",
                               "proper",
                               "properly",
                               "regularly",
                               "robust",
                               "seamless",
                               "seamlessly",
                               "holistic",
                               "synergy",
                               "synergies",
                               "cutting-edge",
                               "state-of-the-art",
                               "best-in-class",
                               "world-class",
                               "next-generation",
                               "user-friendly",
                               "powerful",
                               "advanced",
                               "maximise",
                               "maximize",
                               "boost",
                               "boosting",
                               "empower",
                               "empowering",
                               "data-driven",
                               "actionable",
                               "insights",
                               "impactful",
                               "accurate",
                               "accurately",
                               "reliable",
                               "reliably",
                               "scalable",
                               "flexible",
                               "valuable",
                               "important",
                               "relevant",
                               "nowadays",
                               "hopefully",
                               "probably",
                               "maybe",
                               "perhaps",
                               "reasonable",
                               "reasonably",
                               "sufficient",
                               "sufficiently",
                               "certain"};
  return kWords.contains(word);
}

bool is_negation(std::string_view word) {
  static const Words kWords = {"not",    "no",      "never",  "without", "neither", "nor",
                               "cannot", "instead", "rather", "avoid",   "avoids"};
  return kWords.contains(word) || word.ends_with("n't");
}

bool is_number_word(std::string_view word) {
  static const Words kWords = {"one",     "two",     "three",     "four",     "five",     "six",      "seven",
                               "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen", "fourteen",
                               "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",   "thirty",
                               "forty",   "fifty",   "sixty",     "seventy",  "eighty",   "ninety"};
  return kWords.contains(word) || is_magnitude_word(word);
}

bool is_magnitude_word(std::string_view word) {
  static const Words kWords = {"dozen",    "dozens",  "hundred",  "hundreds", "thousand", "thousands", "million",
                               "millions", "billion", "billions", "half",     "third",    "thirds"};
  return kWords.contains(word);
}

bool is_filler(std::string_view word) {
  static const Words kWords = {
      "ai",        "anticipated", "applicable", "around", "aware",    "believe", "case",       "comes",    "currently",
      "envisaged", "exist",       "exists",     "expect", "expected", "far",     "find",       "foresee",  "foreseen",
      "found",     "identified",  "involved",   "know",   "known",    "model",   "moment",     "much",     "necessary",
      "needed",    "now",         "particular", "phase",  "point",    "present", "project",    "question", "really",
      "related",   "required",    "risk",       "risks",  "see",      "seen",    "simply",     "solution", "stage",
      "system",    "team",        "think",      "time",   "today",    "tool",    "whatsoever", "yet"};
  return kWords.contains(word);
}

bool is_placeholder(std::string_view word) {
  static const Words kWords = {"test", "testing", "foo", "bar", "baz",  "lorem", "ipsum", "bla",
                               "blah", "blub",    "abc", "xyz", "todo", "tbd",   "hello", "placeholder"};
  if (kWords.contains(word)) return true;
  const bool ascii_letters = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (word.empty() || !ascii_letters) return false;
  if (word.find_first_not_of(word.front()) == std::string_view::npos) return true;  // "x", "aaaa"
  if (word.size() >= 5 && std::none_of(word.begin(), word.end(), is_vowel)) return true;
  return std::any_of(kKeyboardRuns.begin(), kKeyboardRuns.end(),
                     [&](std::string_view run) { return word.starts_with(run); });
}

std::span<const std::string_view> vague_phrases() {
  static constexpr std::array<std::string_view, 19> kPhrases = {
      "as appropriate", "where appropriate", "if appropriate",      "as needed",      "where needed",
      "if needed",      "as required",       "and so on",           "and so forth",   "a lot",
      "a number of",    "state of the art",  "cutting edge",        "best practices", "where possible",
      "if possible",    "next level",        "as soon as possible", "in the future"};
  return kPhrases;
}

std::span<const std::string_view> evasive_phrases() {
  static constexpr std::array<std::string_view, 72> kPhrases = {"n a",
                                                                "not applicable",
                                                                "no risk",
                                                                "no risks",
                                                                "no real risk",
                                                                "no real risks",
                                                                "no issue",
                                                                "no issues",
                                                                "no problem",
                                                                "no problems",
                                                                "no concern",
                                                                "no concerns",
                                                                "no impact",
                                                                "no harm",
                                                                "no harms",
                                                                "no bias",
                                                                "no danger",
                                                                "no dangers",
                                                                "no threat",
                                                                "no threats",
                                                                "no limitations",
                                                                "no downsides",
                                                                "no comment",
                                                                "no comments",
                                                                "no idea",
                                                                "no clue",
                                                                "no need",
                                                                "nothing to worry about",
                                                                "nothing to add",
                                                                "nothing to say",
                                                                "is fine",
                                                                "it's fine",
                                                                "all fine",
                                                                "all good",
                                                                "is ok",
                                                                "is okay",
                                                                "trust the vendor",
                                                                "trust our vendor",
                                                                "trust the supplier",
                                                                "trust our supplier",
                                                                "trust the provider",
                                                                "trust the team",
                                                                "to be determined",
                                                                "to be decided",
                                                                "to be defined",
                                                                "to be confirmed",
                                                                "to be done",
                                                                "decided later",
                                                                "decide later",
                                                                "defined later",
                                                                "determined later",
                                                                "specified later",
                                                                "at a later stage",
                                                                "at a later point",
                                                                "don't know",
                                                                "do not know",
                                                                "dont know",
                                                                "not sure",
                                                                "not known",
                                                                "not decided",
                                                                "not yet decided",
                                                                "not yet defined",
                                                                "same as above",
                                                                "see above",
                                                                "as above",
                                                                "same as before",
                                                                "not relevant",
                                                                "does not apply",
                                                                "doesn't apply",
                                                                "do not apply",
                                                                "who cares",
                                                                "don't care"};
  return kPhrases;
}

std::span<const std::string_view> evasive_openers() {
  static constexpr std::array<std::string_view, 22> kWords = {
      "none", "nothing", "nil",  "unknown", "tbd",  "tba",   "tbc",   "todo",  "idk",      "na",         "nope",
      "no",   "yes",     "fine", "ok",      "okay", "ditto", "later", "dunno", "whatever", "irrelevant", "n.a"};
  return kWords;
}

}  // namespace tollgate::protocol
