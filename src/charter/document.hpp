// A document as blocks, independent of how it is printed. The charter builder fills one; markdown.hpp, html.hpp and
// pdf.hpp write it. Text is plain UTF-8: writers escape it, nothing in it is ever markup.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tollgate::charter {

enum class Style { kPlain, kStrong, kEmphasis, kCode };

struct Span {
  std::string text;
  Style style = Style::kPlain;
  std::string link{};  // http(s) URL or "#anchor"; empty for none
};

// A run of text. Line breaks inside a span are kept.
using Text = std::vector<Span>;

inline Text plain(std::string text) {
  return {Span{std::move(text)}};
}
inline Text strong(std::string text) {
  return {Span{std::move(text), Style::kStrong}};
}

struct Heading {
  int level = 1;  // 1: section, 2: sub-section, 3: question
  std::string text;
  std::string anchor{};  // unique in the document; empty for none
};

struct Paragraph {
  Text text;
};

struct Bullets {
  std::vector<Text> items;
};

// Somebody's own words, set apart from ours.
struct Quote {
  std::string text;
};

enum class Tone { kNeutral, kGood, kCaution, kBad };

struct Callout {
  Tone tone = Tone::kNeutral;
  std::string title;
  std::vector<Text> paragraphs;
};

enum class Align { kLeft, kRight, kCentre };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  int weight = 1;  // share of the page's width
};

struct Cell {
  Text text;
  Tone tone = Tone::kNeutral;  // tints the cell: a score, a risk level
};

struct Table {
  std::string caption{};  // empty for none
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as columns
};

// Name and value pairs: quick facts.
struct Facts {
  std::vector<std::pair<std::string, Text>> items;
};

// Lines to sign on: "Project sponsor ____ Date ____".
struct Signatures {
  std::vector<std::string> roles;
};

struct PageBreak {};

using Block = std::variant<Heading, Paragraph, Bullets, Quote, Callout, Table, Facts, Signatures, PageBreak>;

// Words the writers add themselves; to be in the document's language.
struct Labels {
  std::string role = "Role";
  std::string name = "Name";
  std::string signature = "Signature";
  std::string date = "Date";
};

struct Document {
  std::string title;
  std::string subtitle{};
  std::string language = "en";  // BCP 47
  std::string footer{};         // on every page of the PDF, beside the page number
  std::string date{};           // RFC 3339, when it was made: the PDF's creation date; empty for none
  Labels labels{};
  std::vector<Block> blocks;
};

}  // namespace tollgate::charter
