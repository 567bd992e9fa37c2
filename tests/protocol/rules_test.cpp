#include "protocol/rules.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::protocol {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: sample
version: 1.0.0
title: Sample
records:
  kpi:
    fields: {name: text!, target: int}
  link:
    fields: {kpi: ref<S1.kpis.name>!, others: "ref<S1.kpis.name>[]", note: text}
  offer:
    fields:
      price: money!
      other: money
      least: {type: derived, of: bool, value: price < other}
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: kpis, type: table<kpi>!, ask: A}
          - {id: links, type: table<link>, ask: A, label: Links}
          - {id: main, type: ref<S1.kpis.name>, ask: A, label: Main figure}
          - {id: more, type: "ref<S1.kpis.name>[]", ask: A, label: More figures}
          - {id: risk, type: int!, ask: A}
          - {id: price, type: money, ask: A}
          - {id: budget, type: money, ask: A}
          - {id: total, type: derived, of: money, value: price + budget}
          - {id: twice, type: derived, of: money, value: total * 2}
          - {id: offers, type: table<offer>, ask: A}
    gate:
      - {id: G1, must: risk < 5, say: "A risk of {{risk}} is too high.", fix: Lower it.}
      - {id: G2, must: risk < 9}
checks:
  - {id: X1, if: risk_known, must: S1.risk < 5, say: "Risk {{S1.risk}}."}
  - {id: X2, kind: llm, if: has(S1.price), reads: [S1.kpis], ask: "Do they fit?"}
  - {id: X3, must: S1.price <= S1.budget, severity: critical, say: "Too dear."}
  - {id: X4, if: S1.price <= S1.budget, must: S1.risk < 5, say: "Too risky."}
  - {id: X5, must: 'S1.twice <= money("EUR 400")', say: "Too dear."}
  - {id: X6, must: "S1.offers.all(o, o.least)", say: "Not the least."}
  - {id: X7, kind: llm, if: S1.price <= S1.budget, reads: [S1.kpis], ask: "Do they fit?"}
decisions:
  profiles:
    default:
      - {id: D1, when: 'S1.risk > 8', then: halt, duties: [Tell the board.], say: "Risk {{S1.risk}} of 10."}
      - id: D2
        when: 'S1.price > money("EUR 10,000")'
        then: revise
        duties: [Ask purchasing., {when: S1.risk > 3, say: Ask security.}]
        lift: [{each: {k: "S1.kpis.filter(k, k.target > 5)"}, when: k.target > 6, say: "{{k.name}}: lower {{k.target}}."}]
      - {id: D3, when: size(S1.kpis) > 1, then: revise, duties: [Choose one figure.]}
      - {id: D4, when: size(S1.kpis) > 1, then: halt, duties: [Never shown.]}
      - {id: D9, when: "true", then: proceed, duties: [Go ahead.]}
)yaml";

class RulesTest : public testing::Test {
 protected:
  static std::shared_ptr<const Protocol> make() {
    std::string text(kProtocol);
    text.replace(text.find("risk_known"), 10, "has(S1.risk)");
    const auto result = compile_text(text);
    if (result.protocol == nullptr) throw std::logic_error(to_string(result.diagnostics));
    return result.protocol;
  }
  AnswerEnvironment environment() {
    return {*protocol_, facts_, [this](std::string_view name) -> const Value* {
              const auto it = answers_.find(name);
              return it == answers_.end() ? nullptr : &it->second;
            }};
  }
  std::expected<DecisionResult, Undecided> decision() { return decide(*protocol_, "default", environment()); }
  static std::string fired(const DecisionResult& result) {
    std::vector<std::string> ids;
    for (const auto& rule : result.fired) ids.push_back(rule.id);
    return base::join(ids, " ");
  }
  static Value kpi(const char* name, int target) { return Value::Record{{"name", name}, {"target", target}}; }
  void answer(int risk, const char* price, Value::List kpis) {
    answers_["S1.risk"] = risk;
    answers_["S1.price"] = *base::Money::parse(price);
    answers_["S1.kpis"] = std::move(kpis);
  }

  std::shared_ptr<const Protocol> protocol_ = make();
  SessionFacts facts_{};
  std::map<std::string, Value, std::less<>> answers_;
};

TEST_F(RulesTest, DecideByTheFirstRuleThatHoldsAndRecordAllThatDo) {
  answer(4, "EUR 20,000", {kpi("a", 8), kpi("b", 6), kpi("c", 1)});
  const auto result = decision();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kRevise);
  EXPECT_EQ(result->rule, "D2");
  EXPECT_EQ(fired(*result), "D2 D3 D4");
  EXPECT_EQ(result->duties, (std::vector<std::string>{"Ask purchasing.", "Ask security.", "Choose one figure."}));
  EXPECT_EQ(result->lift, (std::vector<std::string>{"a: lower 8."}));
  ASSERT_EQ(result->fired[0].reads.size(), 1U);
  EXPECT_EQ(result->fired[0].reads[0], (std::pair<std::string, std::string>{"S1.price", "EUR 20,000"}));
  EXPECT_EQ(result->fired[0].text, R"(S1.price > money("EUR 10,000"))");
}

TEST_F(RulesTest, RecordTheClosingRuleOnlyWhenItDecides) {
  answer(1, "EUR 5", {kpi("a", 1)});
  const auto result = decision();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kProceed);
  EXPECT_EQ(fired(*result), "D9");
  EXPECT_EQ(result->duties, (std::vector<std::string>{"Go ahead."}));
}

TEST_F(RulesTest, NeverSkipARuleThatWaitsForAnAnswer) {
  answer(1, "EUR 5", {kpi("a", 1)});
  answers_.erase("S1.price");
  const auto result = decision();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, "D2");
  EXPECT_EQ(result.error().waiting_for, (std::vector<std::string>{"S1.price"}));
  EXPECT_EQ(result.error().message, "waits for S1.price");
}

TEST_F(RulesTest, StopWhenMoneyOfTwoCurrenciesIsCompared) {
  answer(1, "USD 5", {kpi("a", 1)});
  const auto result = decision();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, "D2");
  EXPECT_TRUE(result.error().waiting_for.empty());
  EXPECT_FALSE(result.error().message.empty());
}

TEST_F(RulesTest, DecideWithoutWhatOnlyLaterRulesNeed) {
  answers_["S1.risk"] = 9;
  const auto result = decision();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->rule, "D1");
  EXPECT_EQ(fired(*result), "D1");
  EXPECT_EQ(result->fired[0].text, "Risk 9 of 10.");
}

TEST_F(RulesTest, SayWhyAGateRuleDoesNotHold) {
  const auto& rules = protocol_->stages[0].gate.rules;
  auto waiting = evaluate_rule(rules[0], environment());
  EXPECT_EQ(waiting.status, RuleStatus::kUndetermined);
  EXPECT_EQ(waiting.text, "waits for S1.risk");
  EXPECT_EQ(waiting.waiting_for, (std::vector<std::string>{"S1.risk"}));
  answers_["S1.risk"] = 9;
  EXPECT_EQ(evaluate_rule(rules[0], environment()).text, "A risk of 9 is too high.");
  EXPECT_EQ(evaluate_rule(rules[1], environment()).text, "risk < 9 does not hold");
  answers_["S1.risk"] = 3;
  EXPECT_EQ(evaluate_rule(rules[0], environment()).status, RuleStatus::kHolds);
  EXPECT_TRUE(evaluate_rule(rules[0], environment()).text.empty());
}

TEST_F(RulesTest, FindDanglingReferencesInColumnsAndInQuestions) {
  answers_["S1.kpis"] = Value::List{kpi("a", 1)};
  const auto results = [&] {
    std::string out;
    for (const auto& result : evaluate_refs(*protocol_, protocol_->stages[0], environment()))
      out += fmt::format("{}={}{} ", result.id, static_cast<int>(result.status), result.text);
    return out;
  };
  EXPECT_EQ(results(), "");
  answers_["S1.links"] = Value::List{Value::Record{{"kpi", "a"}}};
  answers_["S1.main"] = "a";
  EXPECT_EQ(results(), "ref.links.kpi=0 ref.links.others=0 ref.main=0 ");
  answers_["S1.links"] = Value::List{Value::Record{{"kpi", "b"}}, Value::Record{{"kpi", "c"}}};
  answers_["S1.main"] = "A";
  EXPECT_EQ(results(),
            "ref.links.kpi=1Links: \"b\", \"c\" are not in S1.kpis, column name. ref.links.others=0 "
            "ref.main=1Main figure: \"A\" is not in S1.kpis, column name. ");
}

TEST_F(RulesTest, EvaluateChecksWhereTheyApply) {
  const auto& checks = protocol_->checks;
  EXPECT_EQ(evaluate_check(checks[0], environment()).status, CheckStatus::kInapplicable);
  answers_["S1.risk"] = 7;
  EXPECT_EQ(evaluate_check(checks[0], environment()).status, CheckStatus::kContradiction);
  EXPECT_EQ(evaluate_check(checks[0], environment()).text, "Risk 7.");
  answers_["S1.risk"] = 1;
  EXPECT_EQ(evaluate_check(checks[0], environment()).status, CheckStatus::kConsistent);
  EXPECT_EQ(evaluate_check(checks[1], environment()).status, CheckStatus::kInapplicable);
  answers_["S1.price"] = *base::Money::parse("EUR 1");
  EXPECT_EQ(evaluate_check(checks[1], environment()).status, CheckStatus::kUndetermined);
}

TEST_F(RulesTest, FindDanglingReferencesInLists) {
  answers_["S1.kpis"] = Value::List{kpi("a", 1), kpi("b", 1)};
  answers_["S1.links"] = Value::List{Value::Record{{"kpi", "a"}, {"others", Value::List{"b", "x"}}}};
  answers_["S1.more"] = Value::List{"a", "y", "z"};
  std::map<std::string, std::string> failing;
  for (const auto& result : evaluate_refs(*protocol_, protocol_->stages[0], environment())) {
    if (result.status == RuleStatus::kFails) failing[result.id] = result.text;
  }
  EXPECT_EQ(failing, (std::map<std::string, std::string>{
                         {"ref.links.others", "Links: \"x\" is not in S1.kpis, column name."},
                         {"ref.more", "More figures: \"y\", \"z\" are not in S1.kpis, column name."}}));
  answers_["S1.more"] = Value::List{"a", "b"};
  const auto results = evaluate_refs(*protocol_, protocol_->stages[0], environment());
  const auto more = std::ranges::find(results, "ref.more", &RuleResult::id);
  ASSERT_NE(more, results.end());
  EXPECT_EQ(more->status, RuleStatus::kHolds);
}

TEST_F(RulesTest, MakeAFindingOfACheckThatCannotBeEvaluated) {
  const auto result = [&](std::size_t i) { return evaluate_check(protocol_->checks[i], environment()); };
  answers_["S1.risk"] = 1;
  answers_["S1.price"] = *base::Money::parse("EUR 50");
  EXPECT_EQ(result(2).status, CheckStatus::kUndetermined);
  EXPECT_EQ(result(2).waiting_for, (std::vector<std::string>{"S1.budget"}));
  EXPECT_EQ(result(4).status, CheckStatus::kUndetermined);
  answers_["S1.budget"] = *base::Money::parse("USD 40");
  for (const std::size_t i : {2U, 3U, 4U}) {
    EXPECT_EQ(result(i).status, CheckStatus::kContradiction) << i;
    EXPECT_NE(result(i).text.find("could not be evaluated"), std::string::npos) << result(i).text;
    EXPECT_NE(result(i).text.find("EUR 50 and USD 40 are different currencies"), std::string::npos) << result(i).text;
  }
  EXPECT_EQ(result(6).status, CheckStatus::kUndetermined) << "a model is asked";
  answers_["S1.budget"] = *base::Money::parse("EUR 50");
  EXPECT_EQ(result(2).status, CheckStatus::kConsistent);
  EXPECT_EQ(result(3).status, CheckStatus::kConsistent);
  EXPECT_EQ(result(4).status, CheckStatus::kConsistent);
}

TEST_F(RulesTest, MakeAFindingOfAColumnThatCannotBeComputed) {
  const auto& check = protocol_->checks[5];
  const auto money = [](const char* text) { return Value(*base::Money::parse(text)); };
  answers_["S1.offers"] = Value::List{Value::Record{{"price", money("EUR 1")}, {"other", money("USD 2")}}};
  const auto result = evaluate_check(check, environment());
  EXPECT_EQ(result.status, CheckStatus::kContradiction);
  EXPECT_NE(result.text.find("different currencies"), std::string::npos) << result.text;
  answers_["S1.offers"] = Value::List{Value::Record{{"price", money("EUR 1")}}};
  EXPECT_EQ(evaluate_check(check, environment()).status, CheckStatus::kUndetermined);
}

}  // namespace
}  // namespace tollgate::protocol
