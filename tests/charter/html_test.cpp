#include "charter/html.hpp"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/html_style.hpp"
#include "tests/charter/sample_document.hpp"

namespace tollgate::charter {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string of(Block block) {
  Document document;
  document.blocks = {std::move(block)};
  return to_html(document);
}

// The page's tags in order, with their attributes, <br> aside.
std::vector<std::string> tags(const std::string& html) {
  static const std::regex kTag("<[^>]*>");
  std::vector<std::string> all;
  for (std::sregex_iterator tag(html.begin(), html.end(), kTag), end; tag != end; ++tag) {
    if (tag->str() != "<br>" && !tag->str().starts_with("<div class=\"table\"")) all.push_back(tag->str());
  }
  return all;
}

TEST(Html, NeverTurnsTextIntoMarkup) {
  const auto expected = tags(to_html(document_of("harmless")));
  for (const auto text : kHostileTexts) {
    EXPECT_EQ(tags(to_html(document_of(std::string(text)))), expected) << text;
  }
}

TEST(Html, EscapesTextInAttributes) {
  EXPECT_THAT(of(Table{"\"><script>'", {{"A"}}, {}}),
              HasSubstr("role=\"region\" aria-label=\"&quot;&gt;&lt;script&gt;&#39;\" tabindex=\"0\">"));
}

TEST(Html, AllowsItsOwnStyleAndNothingElse) {
  const std::string html = to_html(sample_document());
  EXPECT_THAT(html, HasSubstr("content=\"default-src 'none'; style-src '" + html_style_hash() + "'; base-uri 'none'"));
  EXPECT_THAT(html, HasSubstr("<style>" + html_style() + "</style>"));
  for (const auto* forbidden : {"<script", " style=", "src=", "@import", "url(", "<link"}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
}

TEST(Html, HashesItsStyleAsThePolicyAsks) {
  EXPECT_THAT(html_style_hash(), testing::MatchesRegex("sha256-[A-Za-z0-9+/]{43}="));
}

TEST(Html, WritesTablesForEyeAndEar) {
  const std::string html = of(Table{
      "Costs", {{"Item", Align::kLeft, 3}, {"Sum", Align::kRight, 1}}, {{{plain("a")}, {plain("1\n2"), Tone::kBad}}}});
  EXPECT_THAT(html, HasSubstr("<caption dir=\"auto\">Costs</caption>"));
  EXPECT_THAT(html, HasSubstr("<colgroup><col class=\"w75\"><col class=\"w25\"></colgroup>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\" class=\"right\" dir=\"auto\">Sum</th>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"right bad\" dir=\"auto\">1<br>\n2</td>"));
}

TEST(Html, LinksOnlyWhereItIsSafe) {
  EXPECT_THAT(of(Paragraph{{{"x", Style::kPlain, "javascript:alert(1)"}}}), HasSubstr("<p dir=\"auto\">x</p>"));
  EXPECT_THAT(of(Paragraph{{{"x", Style::kStrong, "https://e.com/?a=1&b=\""}}}),
              HasSubstr("<a href=\"https://e.com/?a=1&amp;b=%22\" rel=\"noopener noreferrer\"><strong>x</strong></a>"));
}

TEST(Html, NamesItsLanguageAndTitle) {
  Document document;
  document.title = "A & B";
  document.language = "de";
  EXPECT_THAT(to_html(document), HasSubstr("<html lang=\"de\">"));
  EXPECT_THAT(to_html(document), HasSubstr("<title>A &amp; B</title>"));
}

TEST(Html, GivesHeadingsTheirAnchors) {
  EXPECT_THAT(of(Heading{1, "Value", "value"}), HasSubstr("<h2 id=\"value\" dir=\"auto\">Value</h2>"));
}

}  // namespace
}  // namespace tollgate::charter
