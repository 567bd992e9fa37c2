#include "charter/pdf.hpp"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/pdf_painter.hpp"
#include "tests/charter/sample_document.hpp"

namespace tollgate::charter {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string written(const Document& document) {
  auto pdf = to_pdf(document);
  EXPECT_TRUE(pdf) << pdf.error().message << pdf.error().detail;
  return pdf.value_or("");
}

// As the page tree's root says.
int page_count(const std::string& pdf) {
  static const std::regex kCount(R"(/Type /Pages[^>]*/Count (\d+))");
  std::smatch match;
  return std::regex_search(pdf, match, kCount) ? std::stoi(match[1]) : -1;
}

Document of(std::vector<Block> blocks) {
  Document document;
  document.title = "T";
  document.blocks = std::move(blocks);
  return document;
}

Document of_pages(int count) {
  std::vector<Block> blocks;
  for (int i = 0; i < count; ++i) {
    if (i > 0) blocks.emplace_back(PageBreak{});
    blocks.emplace_back(Paragraph{plain("p")});
  }
  return of(std::move(blocks));
}

TEST(Pdf, IsAWholeFile) {
  const std::string pdf = written(sample_document());
  EXPECT_THAT(pdf, StartsWith("%PDF-1."));
  EXPECT_THAT(pdf, EndsWith("%%EOF\n"));
  EXPECT_EQ(page_count(pdf), 2);
  EXPECT_LT(pdf.size(), 200'000);
}

TEST(Pdf, IsTheSameEveryTime) {
  EXPECT_EQ(written(sample_document()), written(sample_document()));
}

TEST(Pdf, IsTheSameEveryTimeWithoutADate) {
  Document document = sample_document();
  document.date = "yesterday";
  EXPECT_EQ(written(document), written(document));
}

TEST(Pdf, CarriesItsDateLinksAndBookmarks) {
  const std::string pdf = written(sample_document());
  EXPECT_THAT(pdf, HasSubstr("/CreationDate (20261123140200+00'00)"));
  EXPECT_THAT(pdf, HasSubstr("/URI (https://www.sccm.org/survivingsepsis?a=1&b=2)"));
  EXPECT_THAT(pdf, HasSubstr("/Title (Quality of the answers)"));
  EXPECT_THAT(pdf, HasSubstr("/Title (Early sepsis alert for the emergency department)"));
}

TEST(Pdf, NeverLinksElsewhere) {
  const std::string pdf = written(of({Paragraph{{{"x", Style::kPlain, "javascript:alert(1)"},
                                                 {"y", Style::kPlain, "#nowhere"},
                                                 {"z", Style::kPlain, "https://e.com/')(/JS"}}}}));
  EXPECT_THAT(pdf, Not(HasSubstr("javascript")));
  EXPECT_THAT(pdf, HasSubstr("/URI (https://e.com/%27%29%28/JS)"));
}

TEST(Pdf, LinksForwardToAHeading) {
  const std::string pdf =
      written(of({Paragraph{{{"go", Style::kPlain, "#end"}}}, PageBreak{}, Heading{1, "E", "end"}}));
  EXPECT_THAT(pdf, HasSubstr("/Subtype /Link"));
  EXPECT_EQ(page_count(pdf), 2);
}

TEST(Pdf, PrintsAnyText) {
  std::vector<Block> blocks;
  const auto add = [&](std::string_view text) {
    for (auto& block : document_of(std::string(text)).blocks) blocks.push_back(std::move(block));
  };
  for (const auto text : kHostileTexts) add(text);
  for (const auto* text :
       {"", "\n\n", "\xff\xfe", "العربية 東京 🙂 \u0378", "\u200b\u200d\u00ad", "a\u0301\u0301\u0301"}) {
    add(text);
  }
  EXPECT_GT(page_count(written(of(std::move(blocks)))), 10);
}

TEST(Pdf, BreaksWordsThatFitNoLine) {
  const int pages = page_count(written(of({Paragraph{plain(std::string(9'000, 'W'))}})));
  EXPECT_GE(pages, 3);
  EXPECT_LE(pages, 4);
}

TEST(Pdf, SetsATableOfFiveHundredRows) {
  Table table = sample_scores();
  const auto row = table.rows.front();
  table.rows.assign(500, row);
  const int pages = page_count(written(of({table})));
  EXPECT_GT(pages, 15);
  EXPECT_LT(pages, 30);
}

TEST(Pdf, SplitsARowTallerThanAPage) {
  std::string tall;
  for (int i = 0; i < 300; ++i) tall += "line\n";
  EXPECT_GE(page_count(written(of({Table{"", {{"A"}, {"B"}}, {{{plain(tall)}, {plain("x")}}}}}))), 5);
}

TEST(Pdf, HandlesTheEmpty) {
  EXPECT_EQ(page_count(written(Document{})), 1);
  EXPECT_EQ(page_count(written(of({Table{"Empty", {{"A"}}, {}}, Bullets{}, Facts{}, Callout{}, Signatures{},
                                   Heading{1, ""}, Quote{}, Paragraph{}}))),
            1);
}

TEST(Pdf, RefusesMoreThanItsPages) {
  EXPECT_EQ(page_count(written(of_pages(kMaxPdfPages))), kMaxPdfPages);
  const auto pdf = to_pdf(of_pages(kMaxPdfPages + 1));
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, base::ErrorCode::kTooLarge);
  EXPECT_THAT(pdf.error().message, HasSubstr("2000 pages"));
}

TEST(PdfDate, ReadsRfc3339) {
  EXPECT_EQ(pdf_date("2026-11-23T14:02:00Z"), "2026-11-23T14:02:00+00:00");
  EXPECT_EQ(pdf_date("2026-11-23T14:02:00.123Z"), "2026-11-23T14:02:00+00:00");
  EXPECT_EQ(pdf_date("2026-11-23T14:02:00-05:30"), "2026-11-23T14:02:00-05:30");
  for (const auto* bad :
       {"", "2026-11-23", "2026-11-23T14:02:00", "2026-11-23T14:02:00.123", "2026-11-23T14:02:00Zx"}) {
    EXPECT_FALSE(pdf_date(bad)) << bad;
  }
}

}  // namespace
}  // namespace tollgate::charter
