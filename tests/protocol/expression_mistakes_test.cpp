// Mistakes in the expressions of a protocol and in its embedded tests.
#include <string>

#include <gtest/gtest.h>

#include "tests/protocol/mistake.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::string_view kRisk = "records:\n  risk:\n    fields: {name: text!, score: int}\n";
constexpr std::string_view kLevel = "enums:\n  level: {LOW: 1, HIGH: 2}\n";

// An expression has at most 2000 characters.
const std::string kTooLongRule =
    "    gate:\n      - id: G1\n        must: 'words(\"" + std::string(2100, 'x') + "\") > 1' #!\n";

// One wrong expression in each place that holds one: the place is named and the text is shown.
const Mistake kExpressions[] = {
    {"InMust", {.gate = "    gate:\n      - {id: G1, must: price + 1} #!\n"}, "in `price + 1`"},
    {"InMustNotBool", {.gate = "    gate:\n      - {id: G1, must: size(problem)} #!\n"}, "in `size(problem)`"},
    {"InMustAsList", {.gate = "    gate:\n      - {id: G1, must: [a]} #!\n"}, "an expression must be text", "quote it"},
    {"InMustUnknownName",
     {.gate = "    gate:\n      - {id: G1, must: has(prise)} #!\n"},
     "in `has(prise)`",
     "did you mean"},
    {"InMustTooLong", {.gate = kTooLongRule}, "2000"},
    {"InWhen",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: S2.cuont > 1, then: halt} #!\n      "
                   "- {id: D9, when: \"true\", then: proceed}\n"},
     "in `S2.cuont > 1`",
     "did you mean 'S2.count'?"},
    {"InValue", {.questions = "          - {id: x, type: derived, of: int, value: problem} #!\n"}, "in `problem`"},
    {"InEachValue",
     {.types = kLevel, .questions = "          - {id: x, type: derived, of: int, each: {l: level}, value: lvl} #!\n"},
     "in `lvl`"},
    {"InIf", {.questions = "          - {id: x, type: text, ask: A, if: problem > 3} #!\n"}, "in `problem > 3`"},
    {"InRequiredIf",
     {.questions = "          - {id: x, type: text, ask: A, required_if: size(problem)} #!\n"},
     "in `size(problem)`"},
    {"InDefaultWhen",
     {.questions = "          - id: x\n            type: int\n            ask: A\n            default:\n              "
                   "- {when: problem > 3, value: 3} #!\n"},
     "in `problem > 3`"},
    {"InSuggestWhen",
     {.questions = "          - id: x\n            type: int\n            ask: A\n            suggest:\n              "
                   "- {when: problem > 3, value: 3} #!\n"},
     "in `problem > 3`"},
    {"InGateSay",
     {.gate = "    gate:\n      - {id: G1, must: has(price), say: \"at {{prise}}\"} #!\n"},
     "in `at {{prise}}`",
     "did you mean"},
    {"InDecisionSay",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed, say: "
                   "\"{{S2.count\"} #!\n"},
     "in `{{S2.count`"},
    {"InLiftEach",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed, lift: "
                   "[{each: {r: S2.count}, say: A}]} #!\n"},
     "`each` needs a list, this is int"},
    {"InLiftSay",
     {.types = kRisk,
      .questions = "          - {id: risks, type: table<risk>, ask: A}\n",
      .decisions = "decisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed, lift: "
                   "[{each: {r: S1.risks}, say: \"{{r.nme}}\"}]} #!\n"},
     "in `{{r.nme}}`",
     "did you mean 'name'?"},
    {"InDutyWhen",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed, duties: "
                   "[{when: S2.count, say: A}]} #!\n"},
     "in `S2.count`"},
    {"InCharterText",
     {.rest = "charter:\n  sections:\n    - {id: a, text: \"{{S1.prise}}\"} #!\n"},
     "in `{{S1.prise}}`"},
    {"InCharterIf", {.rest = "charter:\n  sections:\n    - {id: a, if: S1.problem} #!\n"}, "in `S1.problem`"},
    {"InSubtitle",
     {.rest = "charter:\n  subtitle: \"{{session.titel}}\" #!\n"},
     "session.titel",
     "did you mean 'session.title'?"},
    {"InCheckMust", {.rest = "checks:\n  - {id: X1, must: count > 1, say: A} #!\n"}, "in `count > 1`"},
    {"InCheckIf", {.rest = "checks:\n  - {id: X1, must: S2.count > 1, if: S1.price, say: A} #!\n"}, "in `S1.price`"},
    {"InPrecheck",
     {.types =
          "rubrics:\n  strict:\n    precheck:\n      - {id: a, when: words(anwser) < 3, cap: 3, say: Short.} #!\n"},
     "in `words(anwser) < 3`",
     "did you mean 'answer'?"},
    {"InDerivedColumn",
     {.types =
          "records:\n  risk:\n    fields:\n      name: text!\n      score: {type: derived, of: int, value: name} #!\n"},
     "in `name`"},
    {"EnumTypo",
     {.types = kLevel,
      .questions = "          - {id: l, type: enum<level>!, ask: A}\n",
      .gate = "    gate:\n      - {id: G1, must: 'l == \"HIHG\"'} #!\n"},
     "HIHG",
     "did you mean 'HIGH'?"},
    {"FindingsOutsideADecision", {.rest = "checks:\n  - {id: X1, must: size(findings) == 0, say: A} #!\n"}, "findings"},
};
INSTANTIATE_TEST_SUITE_P(Expressions, Mistakes, testing::ValuesIn(kExpressions), name_of_mistake);

const Mistake kEmbeddedTests[] = {
    {"Decision",
     {.rest = "tests:\n  - {name: a, given: {S2.count: 1}, expect: halt} #!\n"},
     "the test 'a' fails: expected halt, got proceed by rule D9",
     "correct the rule or the test"},
    {"NoOutcome", {.rest = "tests:\n  - {name: a, given: {S2.count: 1}, expect: stop} #!\n"}, "'stop' is no outcome"},
    {"Profile",
     {.rest = "tests:\n  - {name: a, profile: strict, expect: proceed} #!\n"},
     "there is no profile 'strict'"},
    {"Fired",
     {.rest = "tests:\n  - name: a\n    expect: {decision: proceed, fired: [D1]} #!\n"},
     "expected fired rules [D1], got [D9]"},
    {"FiredWithoutDecision", {.rest = "tests:\n  - name: a\n    expect: {fired: [D1]} #!\n"}, "needs `decision`"},
    {"Undetermined",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: S2.count > 3, then: halt}\n      - "
                   "{id: D9, when: \"true\", then: proceed}\n",
      .rest = "tests:\n  - {name: a, expect: proceed} #!\n"},
     "the rule D1 cannot be evaluated: waits for S2.count"},
    {"Gate",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 2}\n    expect: {gate: S2} #!\n"},
     "expected failing gate rules [], got [G2]"},
    {"GateFails",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 5}\n    expect: {gate: S2, fails: [G2]} #!\n"},
     "expected failing gate rules [G2], got []"},
    {"GateFailsUnknownRule",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 5}\n    expect: {gate: S2, fails: [G3]} #!\n"},
     "stage S2 has no gate rule 'G3'"},
    {"GateWaivesWhatCannotBe",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 2}\n    expect: {gate: S2, waived: [G2]} #!\n"},
     "the rule G2 cannot be waived"},
    {"GateWaivesWhatHolds",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3, waiver: {role: reviewer}}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 5}\n    expect: {gate: S2, waived: [G2]} #!\n"},
     "the rule G2 does not fail, so there is nothing to waive"},
    {"GateWaivesAnUnknownRule",
     {.s2_gate = "    gate:\n      - {id: G2, must: count > 3, waiver: {role: reviewer}}\n",
      .rest = "tests:\n  - name: a\n    given: {S2.count: 2}\n    expect: {gate: S2, waived: [G3]} #!\n"},
     "stage S2 has no gate rule 'G3'"},
    {"WaivedWithoutGate", {.rest = "tests:\n  - name: a\n    expect: {waived: [G2]} #!\n"}, "needs `gate`"},
    {"FailsWithoutGate", {.rest = "tests:\n  - name: a\n    expect: {fails: [G2]} #!\n"}, "needs `gate`"},
    {"UnknownGate", {.rest = "tests:\n  - {name: a, expect: {gate: S3}} #!\n"}, "there is no stage 'S3'"},
    {"Value",
     {.s2_questions = "          - {id: double, type: derived, of: int, value: count * 2}\n",
      .rest = "tests:\n  - {name: a, given: {S2.count: 2}, expect: {value: {S2.double: 5}}} #!\n"},
     "S2.double is 4, expected 5"},
    {"ValueUnanswered",
     {.rest = "tests:\n  - {name: a, given: {S2.count: 2}, expect: {value: {S2.count: null}}} #!\n"},
     "expected to be unanswered"},
    {"Findings",
     {.rest = "checks:\n  - {id: X1, must: S2.count > 3, say: A}\ntests:\n  - {name: a, given: {S2.count: 2}, expect: "
              "{findings: []}} #!\n"},
     "expected findings [], got [X1]"},
    {"ScoreBelow",
     {.rest = "tests:\n  - {name: a, given: {S1.problem: \"Eleven analysts copy 40 supplier invoices a day by hand, 3 "
              "minutes each.\"}, expect: {score_below: {S1.problem: 7}}} #!\n"},
     "expected below 7"},
    {"ScoreAtLeast",
     {.rest = "tests:\n  - {name: a, given: {S1.problem: TBD}, expect: {score_at_least: {S1.problem: 7}}} #!\n"},
     "expected at least 7"},
    {"ExpectsNothing", {.rest = "tests:\n  - {name: a, given: {S2.count: 2}, expect: {}} #!\n"}, "expects nothing"},
    {"ExpectMissing", {.rest = "tests:\n  - {name: a, given: {S2.count: 2}} #!\n"}, "'expect' is missing"},
    {"ExpectKey",
     {.rest = "tests:\n  - {name: a, expect: {decison: halt}} #!\n"},
     "unknown key 'decison'",
     "did you mean 'decision'?"},
    {"GivenUnknown",
     {.rest = "tests:\n  - {name: a, given: {S2.cuont: 2}, expect: proceed} #!\n"},
     "there is no question 'S2.cuont'",
     "did you mean 'S2.count'?"},
    {"GivenOfWrongType",
     {.rest = "tests:\n  - {name: a, given: {S2.count: many}, expect: proceed} #!\n"},
     "'many' is no number"},
    {"GivenIsAList",
     {.rest = "tests:\n  - {name: a, given: [S2.count], expect: proceed} #!\n"},
     "'given' must be a mapping"},
    {"UnknownOption",
     {.types = "options:\n  formula: {values: [sum, product]}\n",
      .rest = "tests:\n  - {name: a, options: {formla: sum}, expect: proceed} #!\n"},
     "no option 'formla'",
     "did you mean 'formula'?"},
    {"UnknownOptionValue",
     {.types = "options:\n  formula: {values: [sum, product]}\n",
      .rest = "tests:\n  - {name: a, options: {formula: add}, expect: proceed} #!\n"},
     "cannot be 'add'",
     "sum, product"},
    {"TestKey",
     {.rest = "tests:\n  - {name: a, givn: {S2.count: 2}, expect: proceed} #!\n"},
     "unknown key 'givn'",
     "did you mean 'given'?"},
};
INSTANTIATE_TEST_SUITE_P(EmbeddedTests, Mistakes, testing::ValuesIn(kEmbeddedTests), name_of_mistake);

}  // namespace
}  // namespace tollgate::protocol
