#include "protocol/precheck.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/builtin.hpp"
#include "tests/protocol/sample_protocol.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;

PrecheckResult judged(const std::string& ask, const Value& answer) {
  static const auto kProtocol = compile_text(yaml_of({})).protocol;
  Question question = kProtocol->questions[0];
  question.ask = ask;
  return precheck(question, *kProtocol->rubric_of(question), answer);
}

const std::string kAsk = "Which problem does the tool solve, for whom, and how often does it occur?";

TEST(Precheck, RejectsWhatClearlyFailsAndAsksOn) {
  for (const char* answer : {"improve retention", "TBD", "n/a", "We do not know yet.", "see above",
                             "It will be much better and more efficient.",
                             "Which problem does the tool solve, for whom, and how often does it occur?",
                             "The problem the tool solves, for whom, and how often it does occur.",
                             "The analysts copy supplier invoices by hand into the ledger and make many errors."}) {
    const auto result = judged(kAsk, answer);
    EXPECT_LT(result.score, 7) << answer;
    EXPECT_FALSE(result.fired.empty()) << answer;
    EXPECT_EQ(result.issues.size(), result.fired.size()) << answer;
    EXPECT_FALSE(result.follow_ups.empty()) << answer;
  }
}

TEST(Precheck, AsksForAFigureOnlyWhereTheQuestionDoes) {
  const char* answer =
      "The analysts copy supplier invoices by hand from the mailbox into the ledger of the plant in Graz.";
  EXPECT_EQ(judged(kAsk, answer).fired, (std::vector<std::string>{"no_number"}));
  EXPECT_TRUE(judged("Who does what today?", answer).fired.empty());
  EXPECT_GE(judged("Who does what today?", answer).score, 7);
}

TEST(Precheck, AcceptsAConcreteAnswer) {
  const auto result = judged(
      kAsk,
      "Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each, 2 % with errors.");
  EXPECT_GE(result.score, 7);
  EXPECT_TRUE(result.fired.empty());
}

TEST(Precheck, NeverRefusesHonestWordsOfItsTrade) {
  for (const char* answer :
       {"Clinicians can override the alert with one click; 12 of 240 alerts in March 2026 were overridden.",
        "The project called Prescription update replaces 3 forms of the pharmacy by May 2027."}) {
    EXPECT_GE(judged("Who decides?", answer).score, 7) << answer;
  }
}

Question table_question() {
  static const auto kTable = compile_text(yaml_of({
      .types = "records:\n  input:\n    fields: {name: text!, reason: long_text!}\n",
      .questions = "          - {id: inputs, type: table<input>, ask: Which inputs are used and why}\n",
  }));
  return *kTable.protocol->find_question("S1.inputs");
}

Value input(const char* name, const char* reason) {
  return Value::Record{{"name", name}, {"reason", reason}};
}

PrecheckResult judged_rows(const Value& rows) {
  const auto protocol = compile_text(yaml_of({})).protocol;
  return precheck(table_question(), protocol->rubrics.at("standard"), rows);
}

const char* const kGoodReason = "Eleven analysts copy 40 of them a day by hand into the ledger, 3 minutes each.";

TEST(Precheck, LetsTheWeakestRowOfATableDecideAndNamesIt) {
  const auto good = judged_rows(Value::List{input("Invoices", kGoodReason), input("Orders", kGoodReason)});
  EXPECT_TRUE(good.fired.empty());
  EXPECT_GE(good.score, 7);
  const auto mixed = judged_rows(Value::List{input("Invoices", kGoodReason), input("Orders", "because")});
  EXPECT_EQ(mixed.score, judged_rows(Value::List{input("Orders", "because")}).score);
  EXPECT_LT(mixed.score, 7);
  EXPECT_EQ(mixed.fired, (std::vector<std::string>{"short"}));
  EXPECT_EQ(mixed.issues, (std::vector<std::string>{"row 2: Too short to judge."}));
  EXPECT_EQ(mixed.follow_ups.size(), 1U);
}

TEST(Precheck, NamesAllWeakRowsAtOnceSoThatTheyCanBeMendedAtOnce) {
  const auto weak = judged_rows(Value::List{input("Invoices", "because"), input("Orders", kGoodReason),
                                            input("Bills", "it will be much better and more efficient for everyone")});
  ASSERT_EQ(weak.issues.size(), 2U);
  EXPECT_EQ(weak.issues[0], "row 1: Too short to judge.");
  EXPECT_EQ(weak.issues[1].substr(0, 7), "row 3: ");
  const auto same = judged_rows(Value::List{input("Invoices", "because"), input("Orders", "because")});
  EXPECT_EQ(same.issues, (std::vector<std::string>{"rows 1, 2: Too short to judge."}));
}

TEST(Precheck, SaysWhichRowIsWeakWhenNoPrecheckFires) {
  Rubric strict;
  strict.accept = 10;
  const auto result = precheck(table_question(), strict, Value::List{input("Invoices", kGoodReason)});
  EXPECT_LT(result.score, 10);
  EXPECT_EQ(result.issues, (std::vector<std::string>{"row 1: Not concrete enough."}));
}

TEST(Precheck, WeighsTheDimensionsAndRoundsDown) {
  EXPECT_EQ(weighted_score({10, 10, 10, 10, 10}, {}), 10);
  EXPECT_EQ(weighted_score({7, 7, 7, 6, 7}, {}), 6);
  EXPECT_EQ(weighted_score({0, 0, 10, 0, 0},
                           {.specificity = 0, .measurability = 0, .completeness = 1, .coherence = 0, .relevance = 0}),
            10);
  EXPECT_EQ(weighted_score({9, 9, 9, 9, 9},
                           {.specificity = 0, .measurability = 0, .completeness = 0, .coherence = 0, .relevance = 0}),
            0);
}

class BuiltinExamples : public testing::TestWithParam<std::string> {};

TEST_P(BuiltinExamples, AreJudgedAsTheirAuthorMeantThem) {
  const auto protocol = compile_named(GetParam()).protocol;
  ASSERT_NE(protocol, nullptr);
  std::size_t judged_examples = 0;
  for (const auto& question : protocol->questions) {
    const Rubric* rubric = protocol->rubric_of(question);
    if (!question.examples.good.is_null()) {
      const auto good = parse_answer(question, question.examples.good);
      ASSERT_TRUE(good) << question.name << ": " << good.error().message;
      if (rubric != nullptr) EXPECT_TRUE(precheck(question, *rubric, *good).accepted(*rubric)) << question.name;
    }
    if (rubric == nullptr || question.examples.weak.is_null()) continue;
    ++judged_examples;
    const auto weak = parse_answer(question, question.examples.weak);
    if (weak) EXPECT_FALSE(precheck(question, *rubric, *weak).accepted(*rubric)) << question.name;
  }
  EXPECT_GT(judged_examples, 5U);
}

INSTANTIATE_TEST_SUITE_P(All, BuiltinExamples, testing::ValuesIn(builtin_protocol_ids()), [](const auto& row) {
  std::string name = row.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tollgate::protocol
