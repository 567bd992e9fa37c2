#include "charter/normalized.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

template <typename Kind>
const Kind& block(const Document& document, std::size_t index) {
  return std::get<Kind>(document.blocks.at(index));
}

Document of(std::vector<Block> blocks) {
  Document document;
  document.blocks = std::move(blocks);
  return document;
}

TEST(Normalized, KeepsALinkOnlyToAnAnchorThatExists) {
  const auto document = normalized(
      of({Paragraph{{{"a", Style::kPlain, "#here"}, {"b", Style::kPlain, "#gone"}}}, Heading{1, "Here", "here"}}));
  const auto& text = block<Paragraph>(document, 0).text;
  EXPECT_EQ(text.at(0).link, "#here");
  EXPECT_EQ(text.at(1).link, "");
}

TEST(Normalized, GivesAnAnchorToTheFirstHeadingOnly) {
  const auto document = normalized(of({Heading{1, "A", "x"}, Heading{9, "B", "x"}, Heading{0, "C", "no good"}}));
  EXPECT_EQ(block<Heading>(document, 0).anchor, "x");
  EXPECT_EQ(block<Heading>(document, 1).anchor, "");
  EXPECT_EQ(block<Heading>(document, 1).level, 3);
  EXPECT_EQ(block<Heading>(document, 2).anchor, "");
  EXPECT_EQ(block<Heading>(document, 2).level, 1);
}

TEST(Normalized, SquaresTables) {
  const auto document = normalized(of({Table{"", {{"A"}, {"B", Align::kLeft, -3}}, {{{plain("1")}}, {{}, {}, {}}}},
                                       Table{"no columns", {}, {{{plain("x")}}}}}));
  ASSERT_EQ(document.blocks.size(), 1);
  const auto& table = block<Table>(document, 0);
  EXPECT_EQ(table.rows.at(0).size(), 2);
  EXPECT_EQ(table.rows.at(1).size(), 2);
  EXPECT_EQ(table.columns.at(1).weight, 1);
}

TEST(Normalized, SplitsParagraphsAtBlankLines) {
  const auto document = normalized(of({Paragraph{{{"one\n\n\ntwo "}, {"bold", Style::kStrong}, {"\n\n"}}}}));
  ASSERT_EQ(document.blocks.size(), 2);
  EXPECT_EQ(block<Paragraph>(document, 0).text.at(0).text, "one");
  EXPECT_EQ(block<Paragraph>(document, 1).text.size(), 2);
}

TEST(Normalized, JoinsSpansThatLookTheSame) {
  const auto document = normalized(of({Paragraph{{{"a"}, {""}, {"b"}, {"c", Style::kCode}}}}));
  EXPECT_EQ(block<Paragraph>(document, 0).text.at(0).text, "ab");
  EXPECT_EQ(block<Paragraph>(document, 0).text.size(), 2);
}

TEST(Normalized, AcceptsOnlyLanguageTags) {
  Document document;
  document.language = "en\" onload=\"x";
  EXPECT_EQ(normalized(document).language, "en");
  document.language = "pt-BR";
  EXPECT_EQ(normalized(document).language, "pt-BR");
}

}  // namespace
}  // namespace tollgate::charter
