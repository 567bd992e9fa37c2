#include "protocol/answer_environment.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: sample
version: 1.0.0
title: Sample
options:
  formula: {values: [sum, product], default: sum}
enums:
  level: {LOW: 1, HIGH: 2}
  side: [left, right]
records:
  risk:
    fields:
      name: text!
      side: enum<side>!
      level: enum<level>
      score: {type: derived, of: int, value: "int(level) * 10"}
      twice: {type: derived, of: int, value: score * 2}
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: risks, type: table<risk>, ask: A}
          - {id: total, type: derived, of: int, value: "sum(risks.map(r, r.score))"}
          - {id: worst, type: derived, of: enum<level>, each: {s: side}, value: "max(risks.filter(r, r.side == s).map(r, r.level))"}
          - {id: gated, type: text!, ask: A, if: flag}
          - {id: flag, type: bool, ask: A}
          - {id: later, type: text, ask: A, required_if: has(gated)}
          - {id: by_sum, type: derived, of: bool, value: 'option.formula == "sum"'}
          - {id: age, type: derived, of: duration, value: 'date("2027-01-11") - session.started'}
decisions: {profiles: {default: [{id: D9, when: "true", then: proceed}]}}
)yaml";

class AnswerEnvironmentTest : public testing::Test {
 protected:
  const Question& question(std::string_view id) { return *protocol_->find_question("S1." + std::string(id)); }
  AnswerEnvironment environment() {
    return {*protocol_, facts_, [this](std::string_view name) -> const Value* {
              const auto it = answers_.find(name);
              return it == answers_.end() ? nullptr : &it->second;
            }};
  }
  std::string value(std::string_view name) {
    const auto values = environment();
    const Value* found = values.find(name);
    return found == nullptr ? "absent" : base::to_json(*found);
  }
  static Value row(const char* name, const char* side, const char* level = nullptr) {
    Value::Record row{{"name", name}, {"side", side}};
    if (level != nullptr) row.emplace("level", level);
    return row;
  }

  std::shared_ptr<const Protocol> protocol_ = compile_text(kProtocol).protocol;
  SessionFacts facts_{.title = "Tool", .started = *base::Date::parse("2027-01-01"), .options = {}};
  std::map<std::string, Value, std::less<>> answers_;
};

TEST_F(AnswerEnvironmentTest, ComputesColumnsInTheirOrder) {
  answers_["S1.risks"] = Value::List{row("a", "left", "HIGH")};
  EXPECT_EQ(value("S1.risks"), R"([{"level":"HIGH","name":"a","score":20,"side":"left","twice":40}])");
  EXPECT_EQ(value("S1.total"), "20");
}

TEST_F(AnswerEnvironmentTest, LeavesAColumnOutWhenWhatItReadsIsMissingAndSoItsSum) {
  answers_["S1.risks"] = Value::List{row("a", "left", "HIGH"), row("b", "right")};
  EXPECT_EQ(value("S1.risks"),
            R"([{"level":"HIGH","name":"a","score":20,"side":"left","twice":40},{"name":"b","side":"right"}])");
  EXPECT_EQ(value("S1.total"), "absent");
}

TEST_F(AnswerEnvironmentTest, GivesAMapCompleteOrNotAtAll) {
  EXPECT_EQ(value("S1.worst"), "absent");
  answers_["S1.risks"] = Value::List{row("a", "left", "HIGH")};
  EXPECT_EQ(value("S1.worst"), "absent");
  answers_["S1.risks"] = Value::List{row("a", "left", "HIGH"), row("b", "right", "LOW"), row("c", "left", "LOW")};
  EXPECT_EQ(value("S1.worst"), R"({"left":"HIGH","right":"LOW"})");
}

TEST_F(AnswerEnvironmentTest, CountsASkippedQuestionAsAbsentAndAsNotRequired) {
  answers_["S1.gated"] = "x";
  answers_["S1.flag"] = false;
  EXPECT_EQ(value("S1.gated"), "absent");
  EXPECT_EQ(environment().applies(question("gated")), false);
  EXPECT_EQ(environment().requires_answer(question("gated")), false);
  EXPECT_EQ(environment().requires_answer(question("later")), false);
  answers_["S1.flag"] = true;
  EXPECT_EQ(value("S1.gated"), R"("x")");
  EXPECT_EQ(environment().requires_answer(question("gated")), true);
  EXPECT_EQ(environment().requires_answer(question("later")), true);
}

TEST_F(AnswerEnvironmentTest, DoesNotKnowWhetherAQuestionAppliesWhileItsConditionWaits) {
  EXPECT_EQ(environment().applies(question("gated")), std::nullopt);
  EXPECT_EQ(environment().requires_answer(question("gated")), std::nullopt);
}

TEST_F(AnswerEnvironmentTest, KnowsOptionsAndFactsOfTheSession) {
  EXPECT_EQ(value("S1.by_sum"), "true");
  EXPECT_EQ(value("S1.age"), R"("10d")");
  facts_.options["formula"] = "product";
  EXPECT_EQ(value("S1.by_sum"), "false");
  EXPECT_EQ(value("session.title"), R"("Tool")");
  EXPECT_EQ(value("findings"), "absent");
  EXPECT_EQ(value("S1.nothing"), "absent");
}

TEST_F(AnswerEnvironmentTest, TakesAGivenDerivedValueInsteadOfComputingIt) {
  answers_["S1.total"] = 7;
  EXPECT_EQ(value("S1.total"), "7");
}

}  // namespace
}  // namespace tollgate::protocol
