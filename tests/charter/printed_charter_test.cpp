// The charter as people get it: through the writers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/charter_builder.hpp"
#include "charter/html.hpp"
#include "charter/markdown.hpp"
#include "charter/pdf.hpp"
#include "tests/charter/sample_review.hpp"

namespace tollgate::charter {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PrintedCharter, ComesOutInEveryFormForEveryOutcome) {
  for (const char* level : {"LOW", "HIGH", "CRITICAL"}) {
    SampleReview review;
    review.complete(level);
    const Document document = build_charter(review.session, review.facts);
    EXPECT_THAT(to_markdown(document), HasSubstr("\n## Why\n")) << level;
    EXPECT_THAT(to_html(document), HasSubstr("Appendix A")) << level;
    const auto pdf = to_pdf(document);
    ASSERT_TRUE(pdf) << pdf.error().message;
    EXPECT_TRUE(pdf->starts_with("%PDF-")) << level;
  }
}

TEST(PrintedCharter, LinksTheTableOfAnswersToTheSections) {
  SampleReview review;
  review.complete();
  const std::string html = to_html(build_charter(review.session, review.facts));
  EXPECT_THAT(html, HasSubstr("href=\"#q-S1.problem\""));
  EXPECT_THAT(html, HasSubstr("id=\"q-S1.problem\""));
}

TEST(PrintedCharter, LetsNoAnswerBecomeMarkup) {
  SampleReview review("<script>alert(1)</script>");
  review.answer("S1.problem", "<img src=x onerror=alert(2)> eleven analysts copy 40 invoices a day by hand");
  const std::string html = to_html(build_charter(review.session, review.facts));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=alert(2)&gt; eleven"));
}

}  // namespace
}  // namespace tollgate::charter
