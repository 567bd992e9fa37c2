#include "charter/charter_builder.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/answers_section.hpp"
#include "tests/charter/outline.hpp"
#include "tests/charter/sample_review.hpp"

namespace tollgate::charter {
namespace {

using base::Value;
using session::AnswerSource;
using session::CheckOutcomeStatus;
using session::Verdict;
using testing::HasSubstr;
using testing::Not;

std::string charter_of(const SampleReview& review) {
  return outline(build_charter(review.session, review.facts));
}

std::vector<std::string> sections_of(const Document& document) {
  std::vector<std::string> titles;
  for (const auto& block : document.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading != nullptr && heading->level == 1) titles.push_back(heading->text);
  }
  return titles;
}

TEST(CharterBuilder, TellsADecidedSessionInOneOrder) {
  SampleReview review;
  review.complete();
  const Document document = build_charter(review.session, review.facts);
  EXPECT_EQ(document.title, "Sample charter");
  EXPECT_EQ(document.subtitle, "Invoice reader");
  EXPECT_THAT(sections_of(document), testing::ElementsAre("Why", "Findings", "The need", "The risks", "Gates",
                                                          "Appendix A: All answers", "Appendix B: Decision table",
                                                          "Appendix C: Checkpoints", "References", "Signatures"));
}

TEST(CharterBuilder, NamesTheDecidingRuleAndWhoAssessed) {
  SampleReview review;
  review.complete();
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("! Decision: Proceed [good]\n! Rule D9: No rule stands against it.\n! Assessed by "
                                 "deterministic pre-checks alone, without a language model"));
  EXPECT_THAT(charter, HasSubstr("! 3 answers; 0 waivers; 0 findings.\n"));
  EXPECT_THAT(charter, HasSubstr("= Options: formula: sum\n"));
}

TEST(CharterBuilder, NamesTheModelsThatAssessed) {
  SampleReview review;
  review.complete();
  review.answer("S1.problem", "Eleven analysts copy 45 invoices a day by hand.");
  review.assess("S1.problem", 8, Verdict::kAccepted, "anthropic/claude-x");
  review.facts.assessor_note = "The provider was asked twice.";
  EXPECT_THAT(charter_of(review), HasSubstr("1 answer assessed by anthropic/claude-x. The provider was asked twice."));
}

TEST(CharterBuilder, PrintsAHaltLikeAnyOtherOutcomeAndSaysWhatWouldLiftIt) {
  SampleReview review;
  review.complete("CRITICAL");
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("! Decision: Do not start [bad]\n"));
  EXPECT_THAT(charter, HasSubstr("P D1 (Do not start, decides): A residual risk is critical.\n"
                                 "= Residual risk: Privacy: CRITICAL, Safety: LOW  S2.residual\n"));
  EXPECT_THAT(charter,
              HasSubstr("## What would change this decision\nP This is needed; then submit the changed answers again.\n"
                        "- Leak: bring the score of 8 below 8.\n"));
  EXPECT_THAT(charter, HasSubstr("## Duties\n- Report to the board.\n"));
  EXPECT_THAT(charter, HasSubstr("## The need\n"));
  EXPECT_THAT(charter, HasSubstr("_ Project sponsor\n"));
}

TEST(CharterBuilder, FallsBackOnTheRulesWhenTheProtocolNamesNoCondition) {
  SampleReview review;
  review.complete("HIGH");
  EXPECT_THAT(charter_of(review), HasSubstr("The outcome changes when none of these rules holds any more:\n"
                                            "- D2: A residual risk is high.\n"));
}

TEST(CharterBuilder, ShowsEachAnswerInTheFormThatSuitsIt) {
  SampleReview review;
  review.answer("S1.share", "40 %");
  review.answer("S1.hints", Value::List{"first", "second"});
  review.complete("MEDIUM");
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("## The need\nP It costs EUR 900.\n= Price: EUR 900\n= Share of work: 40 %\n"
                                 "#### Problem\n> Eleven analysts copy 40 invoices a day by hand.\n"
                                 "#### Hints\n- first\n- second\n"));
  EXPECT_THAT(charter, HasSubstr("#### Register\n| Name | Area | Level | Score |\n"
                                 "| Leak | Privacy | MEDIUM [caution] | 4 |\n"));
  EXPECT_THAT(charter, HasSubstr("| Privacy | MEDIUM [caution] |\n| Safety | LOW [good] |\n"));
}

TEST(CharterBuilder, LeavesOptionalQuestionsWithoutAnAnswerOut) {
  SampleReview review;
  review.complete();
  EXPECT_THAT(charter_of(review), Not(HasSubstr("Share of work")));
}

TEST(CharterBuilder, ListsEveryAnswerWithItsScore) {
  SampleReview review;
  review.complete();
  EXPECT_THAT(
      charter_of(review),
      HasSubstr("| Problem S1.problem | Eleven analysts copy 40 invoices a day by hand. | person | 1 | 9 [good] "
                "| accepted | pre-checks |\n| Price S1.price | EUR 900 | person | 1 |  | valid | type |\n"));
}

TEST(CharterBuilder, FlagsAnAnswerKeptBelowItsThreshold) {
  SampleReview review;
  review.answer("S1.problem", "Too much copying by hand.", AnswerSource::kBrief);
  review.assess("S1.problem", 5, Verdict::kRejected);
  review.answer("S1.problem", "Copying.", AnswerSource::kBrief);
  review.assess("S1.problem", 3, Verdict::kEscalated);
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("> Too much copying by hand.\nP *kept with 5 of 10 after 2 attempts.*\n"));
  EXPECT_THAT(charter,
              HasSubstr("| Problem S1.problem [caution] | Too much copying by hand. | brief | 2 | 5 [caution] | "
                        "best of 2 kept [caution] | pre-checks |"));
  EXPECT_THAT(charter, HasSubstr("- No figure is given.\n- Asked: *How many a day?*\n"));
  EXPECT_THAT(charter, HasSubstr("1 answer, 1 of them kept below the threshold"));
}

TEST(CharterBuilder, ShowsAWaiverWithItsReasonAndMakesItsTermADuty) {
  SampleReview review;
  review.answer("S1.problem", "Eleven analysts copy 40 invoices a day by hand.");
  review.assess("S1.problem", 9, Verdict::kAccepted);
  review.answer("S1.price", "EUR 60,000");
  review.answer("S1.share", "4 %");
  review.waive("S1", "G1.price");
  review.gate("S1");
  review.answer("S2.register", Value::List{Value::Record{{"name", "Leak"}, {"area", "privacy"}, {"level", "LOW"}}});
  review.gate("S2");
  review.decide();
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("### Need: passed with waivers\n"));
  EXPECT_THAT(charter,
              HasSubstr("| G1.price | waived [caution] | EUR 60,000 is too much.* Ask for less.*\nWaived by Rita "
                        "Reviewer (reviewer) on 2026-11-23: The budget grows in May. Due 2027-05-31. |\n"));
  EXPECT_THAT(charter, HasSubstr("| G1.share | warned [caution] | A small share. |\n"));
  EXPECT_THAT(charter, HasSubstr("- By 2027-05-31: remove the cause of the waiver of G1.price.\n"));
}

TEST(CharterBuilder, SaysInWordsWhatARuleThatHoldsDemands) {
  SampleReview review;
  review.complete("LOW");
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("| G1.price | held [good] | The price is within reach. |\n"));
  EXPECT_THAT(charter, HasSubstr("| G1.share | held [good] | !has(share) || share > 10 |\n"));
}

TEST(CharterBuilder, ClaimsNoJudgementOfSenseWhereOnlyPreChecksJudged) {
  SampleReview review;
  review.answer("S1.problem", "Too much copying by hand.");
  review.assess("S1.problem", 5, Verdict::kEscalated);
  EXPECT_THAT(charter_of(review), Not(HasSubstr("coherence")));
}

TEST(CharterBuilder, ListsFindingsAndTheChecksThatWereNotMade) {
  SampleReview review;
  review.complete();
  review.check("X1", CheckOutcomeStatus::kContradiction, "No risk is named.");
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("| major [caution] | X1 | No risk is named. | rule |\n"));
  EXPECT_THAT(charter, HasSubstr("### Checks not made\n- X2 (critical): Do the risks fit the problem? *no model was "
                                 "reachable*\n"));
}

TEST(CharterBuilder, OnlyCountsChecksThatHaveNotRunYet) {
  SampleReview review;
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("## Findings\nP 2 checks not run yet.\n"));
  EXPECT_THAT(charter, Not(HasSubstr("Checks not made")));
}

TEST(CharterBuilder, CallsASessionWithoutADecisionADraftAndSaysWhatIsOpen) {
  SampleReview review;
  review.answer("S1.problem", "Copying.");
  review.assess("S1.problem", 3, Verdict::kRejected);
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("# Draft: Sample charter\n"));
  EXPECT_THAT(charter, HasSubstr("! Draft: nothing has been decided [caution]\n"));
  EXPECT_THAT(charter, HasSubstr("- Problem (S1.problem): scored 3 of 10, 7 are needed\n"
                                 "- Price (S1.price): not answered\n"));
  EXPECT_THAT(charter, Not(HasSubstr("S2.register): not answered")));
  EXPECT_THAT(charter, HasSubstr("- Risk (S2): opens after Need\n- Decision: waits for the points above\n"));
  EXPECT_THAT(charter, HasSubstr("| D1 | count(S2.residual, \"CRITICAL\") > 0 | Do not start | not evaluated |\n"));
}

TEST(CharterBuilder, IsADraftAgainOnceAnAnswerHasChangedSinceTheDecision) {
  SampleReview review;
  review.complete();
  review.answer("S1.price", "EUR 60,000");
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("# Draft: "));
  EXPECT_THAT(charter, HasSubstr("- Decision: answers, gates or findings have changed since it was taken"));
  EXPECT_THAT(charter, HasSubstr("### Need: passed, answers have changed since\n"));
}

TEST(CharterBuilder, SaysWhyAClosedGateIsClosed) {
  SampleReview review;
  review.answer("S1.problem", "Eleven analysts copy 40 invoices a day by hand.");
  review.assess("S1.problem", 9, Verdict::kAccepted);
  review.answer("S1.price", "EUR 60,000");
  review.gate("S1");
  EXPECT_THAT(charter_of(review), HasSubstr("- Need (S1): its gate is closed. G1.price: EUR 60,000 is too much.\n"));
}

TEST(CharterBuilder, PassesHostileTextThroughAsPlainText) {
  const std::string hostile =
      "<script>alert(1)</script> **bold** [x](javascript:alert(1)) {{S1.price}} | cell | {%raw%}";
  SampleReview review(hostile);
  review.answer("S1.problem", hostile);
  const Document document = build_charter(review.session, review.facts);
  EXPECT_EQ(document.subtitle, hostile);
  EXPECT_THAT(outline(document), HasSubstr("= Project: " + hostile + "\n"));
  EXPECT_THAT(outline(document), HasSubstr("> " + hostile + "\n"));
}

TEST(CharterBuilder, PrintsALongAnswerWholeOnceAndShortInTheAppendix) {
  SampleReview review;
  std::string text;
  for (int i = 0; i < 900; ++i) text += "word ";
  text += "end";
  review.answer("S1.problem", text);
  const std::string charter = charter_of(review);
  const auto first = charter.find(text);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(charter.find(text, first + 1), std::string::npos);
  EXPECT_THAT(charter, HasSubstr("…"));
}

TEST(CharterBuilder, PrintsInTheAppendixWholeWhatNoChapterShows) {
  SampleReview review;
  review.complete();
  const Review facts = review_of(review.session, review.facts);
  const auto printed_with = [&](const std::set<std::string>& printed) {
    Document document;
    Appendices appendices;
    add_answers(document, facts, appendices, printed);
    return outline(document);
  };
  const std::string whole = printed_with({});
  const std::string short_form = printed_with({"S1.problem", "S1.hints", "S2.register", "S2.residual"});
  EXPECT_THAT(whole, HasSubstr("Leak"));
  EXPECT_THAT(short_form, Not(HasSubstr("Leak")));
}

TEST(CharterBuilder, KeepsAnswersThatWereReplacedWithTheirScores) {
  SampleReview review;
  review.answer("S1.problem", "Improve things.");
  review.assess("S1.problem", 3, session::Verdict::kRejected);
  review.answer("S1.problem", "Clerks type 400 invoices a day by hand, 3 % of them wrongly.");
  review.assess("S1.problem", 8, session::Verdict::kAccepted);
  const std::string charter = charter_of(review);
  EXPECT_THAT(charter, HasSubstr("Appendix B: Earlier answers"));
  EXPECT_THAT(charter, HasSubstr("| 3 | Improve things. |"));
}

TEST(CharterBuilder, PrintsTheChainOfCheckpoints) {
  SampleReview review;
  review.complete();
  const auto hash = base::Sha256::of("content");
  review.facts.checkpoints.push_back({1, "S1", hash, review.facts.generated_at});
  EXPECT_THAT(charter_of(review), HasSubstr("| 1 | Need | 2026-11-24 08:30 UTC | " + hash.to_hex() + " |\n"));
}

TEST(CharterBuilder, GivesEveryAnchorOnceThoughTwoSectionsShowAQuestion) {
  SampleReview review;
  review.answer("S1.hints", Value::List{"first", "second"});
  review.complete();
  const Document document = build_charter(review.session, review.facts);
  std::set<std::string> anchors;
  for (const auto& block : document.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr || heading->anchor.empty()) continue;
    EXPECT_TRUE(anchors.insert(heading->anchor).second) << heading->anchor;
  }
}

}  // namespace
}  // namespace tollgate::charter
