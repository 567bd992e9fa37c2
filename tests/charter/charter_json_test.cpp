#include "charter/charter_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "tests/charter/sample_review.hpp"

namespace tollgate::charter {
namespace {

using base::Value;
using session::Verdict;

Value through_json(const SampleReview& review) {
  const std::string text = base::to_json(charter_json(review.session, review.facts));
  auto value = base::parse_json(text);
  if (!value) {
    ADD_FAILURE() << value.error().message;
    return {};
  }
  EXPECT_EQ(base::to_json(*value), text);
  return *std::move(value);
}

std::vector<std::string> keys_of(const Value& record) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : *record.if_record()) keys.push_back(key);
  return keys;
}

TEST(CharterJson, HasTheDocumentedKeys) {
  SampleReview review;
  review.complete();
  EXPECT_THAT(keys_of(through_json(review)),
              testing::ElementsAre("answers", "assessors", "checkpoints", "checks_not_made", "counts", "decision",
                                   "decision_table", "derived", "findings", "format", "format_version", "gates",
                                   "generated_at", "open", "program_version", "protocol", "references", "sections",
                                   "session", "signatures", "status", "title", "waivers"));
}

TEST(CharterJson, SaysWhatDecidedAndWhatItRead) {
  SampleReview review;
  review.complete("CRITICAL");
  const Value charter = through_json(review);
  EXPECT_EQ(charter["status"], Value("decided"));
  EXPECT_EQ(charter["decision"]["outcome"], Value("halt"));
  EXPECT_EQ(charter["decision"]["label"], Value("Do not start"));
  const Value& fired = charter["decision"]["fired"].if_list()->front();
  EXPECT_EQ(fired["id"], Value("D1"));
  EXPECT_EQ(fired["reads"].if_list()->front()["name"], Value("S2.residual"));
  EXPECT_EQ(charter["decision"]["lift"], Value(Value::List{"Leak: bring the score of 8 below 8."}));
  EXPECT_EQ(charter["decision_table"].if_list()->at(0)["fired"], Value(true));
  EXPECT_EQ(charter["decision_table"].if_list()->at(1)["fired"], Value(false));
}

TEST(CharterJson, HoldsEveryAnswerWithItsAssessment) {
  SampleReview review;
  review.complete();
  const Value charter = through_json(review);
  const Value& problem = charter["answers"].if_list()->front();
  EXPECT_EQ(problem["question"], Value("S1.problem"));
  EXPECT_EQ(problem["status"], Value("accepted"));
  EXPECT_EQ(problem["assessment"]["score"], Value(9));
  EXPECT_EQ(problem["assessment"]["accept"], Value(7));
  EXPECT_EQ(problem["assessment"]["assessor"], Value("precheck"));
  EXPECT_EQ(problem["assessment"]["dimensions"]["completeness"], Value(9));
  EXPECT_TRUE(problem["assessment"]["dimensions"]["coherence"].is_null());  // no pre-check judges it
  const Value& price = charter["answers"].if_list()->at(1);
  EXPECT_EQ(price["value"], Value("EUR 900"));
  EXPECT_TRUE(price["assessment"].is_null());
  EXPECT_EQ(charter["derived"].if_list()->front()["value"]["privacy"], Value("LOW"));
}

TEST(CharterJson, HasNoDecisionForADraftButWhatIsOpen) {
  SampleReview review;
  const Value charter = through_json(review);
  EXPECT_EQ(charter["status"], Value("draft"));
  EXPECT_TRUE(charter["decision"].is_null());
  EXPECT_EQ(charter["open"].if_list()->front()["subject"], Value("S1.problem"));
  EXPECT_TRUE(charter["decision_table"].if_list()->front()["fired"].is_null());
  EXPECT_EQ(charter["gates"].if_list()->front()["judged"], Value(false));
}

TEST(CharterJson, NeverShortensAnAnswer) {
  SampleReview review;
  const std::string text(9000, 'x');
  review.answer("S1.problem", text);
  EXPECT_EQ(through_json(review)["answers"].if_list()->front()["value"], Value(text));
}

}  // namespace
}  // namespace tollgate::charter
