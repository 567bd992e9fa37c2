#include "charter/markdown.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <regex>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/charter/sample_document.hpp"

namespace tollgate::charter {
namespace {

using testing::HasSubstr;

std::string of(Block block) {
  Document document;
  document.blocks = {std::move(block)};
  return to_markdown(document);
}

std::string of(std::string text) {
  return of(Paragraph{plain(std::move(text))});
}

// What GitHub's own parser makes of it. Raw HTML is let through, so that it would be seen.
std::string rendered(const std::string& markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, void (*)(cmark_parser*)> parser(
      cmark_parser_new(CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES), cmark_parser_free);
  for (const char* name : {"table", "strikethrough", "autolink", "tasklist"}) {
    cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension(name));
  }
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, void (*)(cmark_node*)> root(cmark_parser_finish(parser.get()), cmark_node_free);
  const std::unique_ptr<char, void (*)(void*)> html(
      cmark_render_html(root.get(), CMARK_OPT_UNSAFE, cmark_parser_get_syntax_extensions(parser.get())), std::free);
  return html.get();
}

// How often each element occurs, <br> aside: texts differ in their number of lines.
std::map<std::string, int> elements(const std::string& html) {
  static const std::regex kTag("<([a-zA-Z!?][^ >/]*)[^>]*>");
  std::map<std::string, int> counts;
  for (std::sregex_iterator tag(html.begin(), html.end(), kTag), end; tag != end; ++tag) ++counts[(*tag)[1]];
  counts.erase("br");
  return counts;
}

std::string text_of(std::string html) {
  html = std::regex_replace(html, std::regex("<[^>]*>"), "");
  for (const auto& [entity, character] :
       std::map<std::string, std::string>{{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}}) {
    html = std::regex_replace(html, std::regex(entity), character);
  }
  html = std::regex_replace(html, std::regex("&amp;"), "&");
  while (html.ends_with('\n')) html.pop_back();
  return html;
}

TEST(Markdown, LeavesOrdinaryTextAsItIs) {
  const std::string text = "Costs rose 4–6 % (p < 0.05): $1,200 a year, snake_case & co. 5 * 3 = 15! No. 7 - yes > no.";
  EXPECT_EQ(of(text), text + "\n");
}

TEST(Markdown, NeverTurnsTextIntoMarkup) {
  for (const auto text : kHostileTexts) {
    std::string harmless(text);  // as many lines, nothing but letters
    std::ranges::replace_if(harmless, [](char c) { return c != '\n'; }, 'x');
    const auto expected = elements(rendered(to_markdown(document_of(harmless))));
    const std::string markdown = to_markdown(document_of(std::string(text)));
    EXPECT_EQ(elements(rendered(markdown)), expected) << text << "\n" << markdown << rendered(markdown);
  }
}

TEST(Markdown, ShowsHostileTextUnchanged) {
  for (const auto text : kHostileTexts) {
    const std::string shown = text_of(rendered(of(std::string(text))));
    EXPECT_EQ(shown, text.substr(text.find_first_not_of(' '))) << of(std::string(text));
  }
}

TEST(Markdown, WritesHeadingsBelowTheTitle) {
  Document document;
  document.title = "T";
  document.blocks = {Heading{1, "One #", "one"}, Heading{2, "1. Two"}, Heading{3, "Three | four"}};
  EXPECT_EQ(to_markdown(document), "# T\n\n## One \\#\n\n### 1. Two\n\n#### Three \\| four\n");
}

TEST(Markdown, MarksAnAnchorOnlyWhenSomethingLinksToIt) {
  Document document;
  document.blocks = {Heading{1, "One", "one"}, Heading{1, "Two", "two"}, Paragraph{{{"see", Style::kPlain, "#two"}}}};
  EXPECT_EQ(to_markdown(document), "## One\n\n<a id=\"two\"></a>\n\n## Two\n\n[see](#two)\n");
}

TEST(Markdown, AlignsTablesInSourceAndResult) {
  const Table table{"Costs",
                    {{"Item"}, {"Sum", Align::kRight}, {"OK", Align::kCentre}},
                    {{{plain("a|b\nc")}, {plain("1,200")}, {plain("✓")}}}};
  EXPECT_EQ(of(table),
            "**Costs**\n\n"
            "| Item      |   Sum | OK  |\n"
            "| --------- | ----: | :-: |\n"
            "| a\\|b<br>c | 1,200 |  ✓  |\n");
}

TEST(Markdown, WritesATableWithoutRows) {
  EXPECT_EQ(of(Table{"", {{"A"}}, {}}), "| A   |\n| --- |\n");
}

TEST(Markdown, KeepsCodeWithABarInOneCell) {
  const Table table{"", {{"A"}}, {{{Text{{"a\\|b`", Style::kCode}}}}}};
  EXPECT_THAT(rendered(of(table)), HasSubstr("<td><code>a\\|b`</code></td>"));
}

TEST(Markdown, QuotesCalloutsUnderAStrongTitle) {
  EXPECT_EQ(of(Callout{Tone::kBad, "Stop", {plain("one\ntwo"), plain("three")}}),
            "> **Stop**\n>\n> one  \n> two\n>\n> three\n");
}

TEST(Markdown, UsesTagsWhereStarsWouldNotBeRead) {
  EXPECT_EQ(of(Paragraph{{{"Owner:", Style::kStrong}, {"Ann"}}}), "<strong>Owner:</strong>Ann\n");
  EXPECT_EQ(of(Paragraph{{{"Owner: ", Style::kStrong}, {"Ann"}}}), "**Owner:** Ann\n");
  EXPECT_EQ(of(Paragraph{strong("−5 €")}), "**−5 €**\n");
  EXPECT_EQ(of(Paragraph{strong("\u00a0x")}), "<strong>\u00a0x</strong>\n");
  EXPECT_EQ(of(Paragraph{{{"a", Style::kStrong}, {"b", Style::kEmphasis}}}), "<strong>a</strong>*b*\n");
}

TEST(Markdown, WritesOnlySafeLinks) {
  EXPECT_EQ(of(Paragraph{{{"x", Style::kPlain, "javascript:alert(1)"}}}), "x\n");
  EXPECT_EQ(of(Paragraph{{{"[x](y)", Style::kPlain, "https://e.com/(a b)|&amp;"}}}),
            "[\\[x\\](y)](https://e.com/%28a%20b%29%7C&amp;amp;)\n");
  EXPECT_THAT(rendered(of(Paragraph{{{"wow!"}, {"x", Style::kPlain, "https://e.com"}}})),
              HasSubstr("wow!<a href=\"https://e.com\">x</a>"));
}

TEST(Markdown, WritesListsFactsAndSignatures) {
  EXPECT_EQ(of(Bullets{{plain("one\ntwo"), plain("- three")}}), "- one  \n  two\n- \\- three\n");
  EXPECT_EQ(of(Facts{{{"Owner", plain("Ann")}, {"Due", {}}}}), "* **Owner:** Ann\n* **Due:**\n");
  EXPECT_EQ(of(Signatures{{"Sponsor"}}),
            "| Role    | Name | Signature | Date |\n| ------- | ---- | --------- | ---- |\n|"
            " Sponsor |      |           |      |\n");
}

TEST(Markdown, IsReadAsTheSampleWasMeant) {
  const auto counts = elements(rendered(to_markdown(sample_document())));
  EXPECT_EQ(counts.at("h1"), 1);
  EXPECT_EQ(counts.at("h2"), 4);
  EXPECT_EQ(counts.at("table"), 3);
  EXPECT_EQ(counts.at("blockquote"), 5);
  EXPECT_EQ(counts.at("code"), 2);
  EXPECT_EQ(counts.at("a"), 3);  // two links, one anchor
}

}  // namespace
}  // namespace tollgate::charter
