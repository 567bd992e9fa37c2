#include "protocol/compiler.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/builtin.hpp"
#include "tests/protocol/sample_protocol.hpp"

namespace tollgate::protocol {
namespace {

// The line that carries the mark is where the mistake must be reported.
constexpr std::string_view kMark = "#!";

struct Mistake {
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }
  const char* name;
  ProtocolParts parts;
  const char* message;
  const char* hint = "";
};

int marked_line(std::string_view yaml) {
  const auto mark = yaml.find(kMark);
  if (mark == std::string_view::npos) return 0;
  return 1 + static_cast<int>(std::count(yaml.begin(), yaml.begin() + static_cast<std::ptrdiff_t>(mark), '\n'));
}

std::vector<Diagnostic> of_level(const CompileResult& result, DiagnosticLevel level) {
  std::vector<Diagnostic> out;
  std::copy_if(result.diagnostics.begin(), result.diagnostics.end(), std::back_inserter(out),
               [&](const auto& diagnostic) { return diagnostic.level == level; });
  return out;
}

class Compiler : public testing::TestWithParam<Mistake> {};

TEST_P(Compiler, ReportsExactlyTheMistakeAtItsLineWithAHint) {
  const auto yaml = yaml_of(GetParam().parts);
  const auto result = compile_text(yaml, "review.yaml");
  const auto errors = of_level(result, DiagnosticLevel::kError);
  EXPECT_EQ(result.protocol, nullptr);
  ASSERT_EQ(errors.size(), 1U) << to_string(result.diagnostics);
  EXPECT_EQ(errors[0].file, "review.yaml");
  EXPECT_EQ(errors[0].line, marked_line(yaml)) << to_string(errors);
  EXPECT_NE(errors[0].message.find(GetParam().message), std::string::npos) << to_string(errors);
  EXPECT_NE(errors[0].hint.find(GetParam().hint), std::string::npos) << to_string(errors);
}

auto test_name = [](const auto& row) { return std::string(row.param.name); };

constexpr std::string_view kRisk = "records:\n  risk:\n    fields: {name: text!, score: int}\n";
constexpr std::string_view kLevel = "enums:\n  level: {LOW: 1, HIGH: 2}\n";

const Mistake kStructure[] = {
    {"FormatVersion",
     {.header = "tollgate: 2 #!\nid: sample\nversion: 1.0.0\ntitle: Sample\n"},
     "'2' is not known",
     "tollgate: 1"},
    {"FormatMissing",
     {.header = "id: sample #!\nversion: 1.0.0\ntitle: Sample\n"},
     "'tollgate' is missing",
     "add `tollgate"},
    {"ProtocolId",
     {.header = "tollgate: 1\nid: My Review #!\nversion: 1.0.0\ntitle: Sample\n"},
     "cannot be a protocol's id",
     "lower-case"},
    {"UnknownTopLevelKey",
     {.types = "enum: {a: [b]} #!\n"},
     "unknown key 'enum' in a protocol",
     "did you mean 'enums'?"},
    {"UnknownQuestionKey",
     {.questions = "          - {id: x, type: text, ask: A, hlep: B} #!\n"},
     "unknown key 'hlep'",
     "did you mean 'help'?"},
    {"AskMissing", {.questions = "          - {id: x, type: text} #!\n"}, "'ask' is missing"},
    {"TypeMissing", {.questions = "          - {id: x, ask: A} #!\n"}, "'type' is missing"},
    {"IdMissing", {.questions = "          - {type: text, ask: A} #!\n"}, "'id' is missing"},
    {"IdWithBadCharacters",
     {.questions = "          - {id: the-price, type: text, ask: A} #!\n"},
     "'the-price' cannot be an id",
     "letters, digits and _"},
    {"IdStartingWithADigit", {.questions = "          - {id: 1st, type: text, ask: A} #!\n"}, "'1st' cannot be an id"},
    {"DuplicateQuestion",
     {.questions = "          - {id: price, type: text, ask: A} #!\n"},
     "two questions 'price'",
     "rename"},
    {"UnknownType",
     {.questions = "          - {id: x, type: strng, ask: A} #!\n"},
     "there is no type 'strng'",
     "known types: text"},
    {"UnclosedType",
     {
         .questions = "          - {id: x, type: \"enum<level\", ask: A} #!\n",
     },
     "there is no type 'enum<level'"},
    {"ArgumentOfPlainType",
     {.questions = "          - {id: x, type: text<5>, ask: A} #!\n"},
     "there is no type 'text<5>'"},
    {"BadScale",
     {.questions = "          - {id: x, type: \"scale(10,0)\", ask: A} #!\n"},
     "there is no type 'scale(10,0)'"},
    {"TypeIsAList", {.questions = "          - {id: x, type: [text], ask: A} #!\n"}, "no type"},
    {"UnknownEnum",
     {.types = kLevel, .questions = "          - {id: x, type: enum<levle>, ask: A} #!\n"},
     "there is no enum 'levle'",
     "did you mean 'level'?"},
    {"EnumWithoutValues",
     {.questions = "          - {id: x, type: enum, ask: A} #!\n"},
     "an enum needs its values",
     "values: [a, b]"},
    {"UnknownRecord",
     {.types = kRisk, .questions = "          - {id: x, type: table<rsk>, ask: A} #!\n"},
     "there is no record 'rsk'",
     "did you mean 'risk'?"},
    {"RecordNotDeclared",
     {.questions = "          - {id: x, type: table<risk>, ask: A} #!\n"},
     "there is no record 'risk'",
     "declare it under `records:`"},
    {"UnknownRubric",
     {.questions = "          - {id: x, type: text, ask: A, rubric: standrd} #!\n"},
     "there is no rubric 'standrd'",
     "did you mean 'standard'?"},
    {"UnknownStage", {.after = "[S9] #!"}, "there is no stage 'S9'", "did you mean"},
    {"UnknownNeed",
     {.questions = "          - {id: x, type: text, ask: A, needs: [S1.prise]} #!\n"},
     "`needs` names no question: 'S1.prise'",
     "did you mean 'S1.price'?"},
    {"UnknownNeedInALongList",
     {.questions = "          - id: x\n            type: text\n            ask: A\n            needs:\n              - "
                   "price\n              - prise #!\n"},
     "'prise'",
     "did you mean"},
    {"DuplicateStage",
     {.decisions =
          "  - id: S1 #!\n    title: Again\n    groups: [{id: g, title: G, questions: [{id: a, type: text, ask: "
          "A}]}]\ndecisions:\n  profiles:\n    default:\n      - {id: D9, when: \"true\", then: proceed}\n"},
     "two stages 'S1'",
     "rename"},
    {"StageCycle",
     {.questions = "", .after = "[S1, S2] #!"},
     "stages wait for each other: S2 → S2",
     "remove one `after`"},
    {"QuestionCycle",
     {.questions = "          - {id: a, type: text, ask: A, needs: [b]} #!\n          - {id: b, type: text, ask: B, "
                   "if: has(a)}\n"},
     "questions need each other: S1.a → S1.b → S1.a",
     "remove one `needs`"},
    {"NeedOfALaterStage",
     {.questions = "          - {id: x, type: text, ask: A, needs: [S2.count]} #!\n"},
     "S1.x can never be answered: it needs S2.count",
     "change `after`"},
    {"NeedOfALaterStageByWayOfADerivedValue",
     {.questions = "          - {id: x, type: text, ask: A, needs: [S2.double]} #!\n",
      .s2_questions = "          - {id: double, type: derived, of: int, value: count * 2}\n"},
     "S1.x can never be answered: it needs S2.count"},
    {"AlwaysFalseIf",
     {.questions = "          - id: x\n            type: text\n            ask: A\n            if: 1 > 2 #!\n"},
     "S1.x is never asked",
     "remove the question"},
    {"TableInATable",
     {.types = "records:\n  risk:\n    fields: {name: text!}\n  plan:\n    fields:\n      risks: table<risk> #!\n"},
     "cannot hold another table",
     "question of its own"},
    {"RefToNothing",
     {.questions = "          - {id: x, type: ref<S1.price.name>, ask: A} #!\n"},
     "S1.x refers to S1.price.name",
     "ref<STAGE.question.column>"},
    {"RefWithoutColumn",
     {.questions = "          - {id: x, type: ref<price>, ask: A} #!\n"},
     "names a column of a table"},
    {"RefColumnToNothing",
     {.types = "records:\n  link:\n    fields: {to: ref<S1.links.nme>}\n",
      .questions = "          - {id: links, type: table<link>, ask: A} #!\n"},
     "S1.links.to refers to S1.links.nme"},
    {"DerivedWithoutOf", {.questions = "          - {id: x, type: derived, value: 1 + 1} #!\n"}, "'of' is missing"},
    {"DerivedWithoutValue", {.questions = "          - {id: x, type: derived, of: int} #!\n"}, "'value' is missing"},
    {"DerivedOfDerived",
     {.questions = "          - {id: x, type: derived, of: derived, value: 1 + 1} #!\n"},
     "no type of a value"},
    {"EachOfUnknownEnum",
     {.types = kLevel, .questions = "          - {id: x, type: derived, of: int, each: {l: levle}, value: 1 + 1} #!\n"},
     "there is no enum 'levle'",
     "did you mean 'level'?"},
    {"DerivedWithRubric",
     {.questions = "          - {id: x, type: derived, of: int, value: 1 + 1, rubric: standard} #!\n"},
     "not assessed"},
    {"MinAboveMax",
     {.questions = "          - {id: x, type: int, ask: A, min: 9, max: 2} #!\n"},
     "`min` is above `max`"},
    {"DurationMinIsNoDuration",
     {.questions = "          - {id: x, type: duration, ask: A, min: 3} #!\n"},
     "'min' must be a duration",
     "min: 1 day"},
    {"DurationMinIsNegative",
     {.questions = "          - {id: x, type: duration, ask: A, min: -1 day} #!\n"},
     "'min' must not be negative"},
    {"DurationMinAboveMax",
     {.questions = "          - {id: x, type: duration, ask: A, min: 2 weeks, max: 13 days} #!\n"},
     "`min` is above `max`"},
    {"MaxOfADate",
     {.questions = "          - {id: x, type: date, ask: A, max: 2030} #!\n"},
     "a date has no `max`",
     "int, decimal, percent, money, duration, table<RECORD>, text[], multi_enum<NAME>, ref<…>[]"},
    {"MinOfText",
     {.questions = "          - {id: x, type: text, ask: A, min: 3} #!\n"},
     "a text has no `min`",
     "max_chars"},
    {"MinOfAScale",
     {.questions = "          - {id: x, type: \"scale(0,10)\", ask: A, min: 3} #!\n"},
     "a scale has no `min`",
     "int, decimal"},
    {"MaxOfADerivedValue",
     {.questions = "          - {id: x, type: derived, of: int, value: 1 + 1, max: 3} #!\n"},
     "a derived value has no `max`",
     "int, decimal"},
    {"MaxOfAnEnumColumn",
     {.types = "enums:\n  level: {LOW: 1, HIGH: 2}\nrecords:\n  risk:\n    fields:\n      name: text!\n"
               "      level: {type: enum<level>, max: 1} #!\n"},
     "an enum has no `max`",
     "int, decimal"},
    {"MinIsNoNumber", {.questions = "          - {id: x, type: int, ask: A, min: few} #!\n"}, "'min' must be a number"},
    {"MaxCharsTooMany",
     {.questions = "          - {id: x, type: text, ask: A, max_chars: 100001} #!\n"},
     "from 1 to 100000"},
    {"RequiredIsNoTruthValue",
     {.questions = "          - {id: x, type: text, ask: A, required: maybe} #!\n"},
     "must be true or false"},
    {"BadDefault",
     {.questions = "          - {id: x, type: int, ask: A, default: many} #!\n"},
     "`default` does not fit the question: 'many' is no number"},
    {"BadSuggestion",
     {.types = kLevel, .questions = "          - {id: x, type: enum<level>, ask: A, suggest: HIHG} #!\n"},
     "`suggest` does not fit the question",
     ""},
    {"BadConditionalDefault",
     {.questions = "          - id: x\n            type: int\n            ask: A\n            default:\n              "
                   "- {when: has(price), value: 3}\n              - {value: many} #!\n"},
     "'many' is no number"},
    {"GoodExampleRejected",
     {.questions = "          - id: x\n            type: long_text\n            ask: A\n            examples:\n        "
                   "      good: improve things #!\n"},
     "the good example of S1.x scores only",
     "make it concrete"},
    {"GoodExampleOfWrongType",
     {.questions = "          - id: x\n            type: int\n            ask: A\n            examples:\n              "
                   "good: many #!\n"},
     "the good example of S1.x does not fit its type"},
    {"WeakExampleAccepted",
     {.questions =
          "          - id: x\n            type: long_text\n            ask: A\n            examples:\n              "
          "weak: Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each. #!\n"},
     "the weak example of S1.x",
     "must be rejected"},
    {"EnumValueTwice", {.types = "enums:\n  level: [LOW, HIGH, LOW] #!\n"}, "'LOW' occurs twice"},
    {"EnumHalfOrdered",
     {.types = "enums:\n  level: {LOW: 1, HIGH: High} #!\n"},
     "some values of the enum 'level' have a number",
     "all of them"},
    {"EnumEmpty", {.types = "enums:\n  level: [] #!\n"}, "1 to 500 values"},
    {"EnumValueWithBadCharacters", {.types = "enums:\n  level: [very-low] #!\n"}, "'very-low' cannot be an enum value"},
    {"DerivedColumnReadsItself",
     {.types = "records:\n  risk:\n    fields:\n      score: {type: derived, of: int, value: score + 1} #!\n"},
     "in `score + 1`"},
    {"DerivedColumnReadsALaterOne",
     {.types = "records:\n  risk:\n    fields:\n      a: {type: derived, of: int, value: b + 1} #!\n      b: {type: "
               "derived, of: int, value: 1 + 1}\n"},
     "in `b + 1`"},
    {"FieldKey",
     {.types = "records:\n  risk:\n    fields:\n      a: {type: text, lable: A} #!\n"},
     "unknown key 'lable'",
     "did you mean 'label'?"},
    {"OptionDefault",
     {.types = "options:\n  formula:\n    values: [sum, product]\n    default: add #!\n"},
     "'add' is none of the option's values",
     "sum, product"},
    {"OptionWithoutValues", {.types = "options:\n  formula: {default: sum} #!\n"}, "an option needs `values`"},
    {"RubricKey", {.types = "rubrics:\n  strict: {acept: 8} #!\n"}, "unknown key 'acept'", "did you mean 'accept'?"},
    {"RubricWithIgnoredKey", {.types = "rubrics:\n  strict: {followups: 3} #!\n"}, "unknown key 'followups'"},
    {"RubricAccept", {.types = "rubrics:\n  strict: {accept: 11} #!\n"}, "from 1 to 10"},
    {"RubricTier",
     {.types = "rubrics:\n  strict: {tier: fats} #!\n"},
     "'tier' cannot be 'fats'",
     "did you mean 'fast'?"},
    {"RubricCalledNone", {.types = "rubrics:\n  none: {accept: 8} #!\n"}, "cannot be called 'none'"},
    {"PrecheckWithoutCap",
     {.types = "rubrics:\n  strict:\n    precheck:\n      - {id: a, when: words(answer) < 3, say: Short.} #!\n"},
     "'cap' is missing"},
    {"WeightsAllZero",
     {.types = "rubrics:\n  strict:\n    weights: {specificity: 0, measurability: 0, completeness: 0, coherence: 0, "
               "relevance: 0} #!\n"},
     "all weights are 0"},
    {"StagesEmptyGroup", {.questions = "      - {id: e, title: E, questions: []} #!\n"}, "needs at least one question"},
};
INSTANTIATE_TEST_SUITE_P(Structure, Compiler, testing::ValuesIn(kStructure), test_name);

const Mistake kRules[] = {
    {"GateRuleReadsALaterStage",
     {.gate = "    gate:\n      - id: G1\n        must: S2.count > 1 #!\n"},
     "the gate rule G1 of stage S1 can never pass: it reads S2.count",
     "make it a check"},
    {"GateRuleKey",
     {.gate = "    gate:\n      - {id: G1, must: has(price), wavier: {role: reviewer}} #!\n"},
     "unknown key 'wavier'",
     "did you mean 'waiver'?"},
    {"GateRuleTwice",
     {.gate = "    gate:\n      - {id: G1, must: has(price)}\n      - {id: G1, must: has(price)} #!\n"},
     "two rules have the id 'G1'",
     "rename"},
    {"GateRuleTwiceInTwoStages",
     {.gate = "    gate:\n      - {id: G1, must: has(price)}\n",
      .s2_gate = "    gate:\n      - {id: G1, must: count > 1} #!\n"},
     "two rules have the id 'G1'"},
    {"GateRuleId", {.gate = "    gate:\n      - {id: \"G 1\", must: has(price)} #!\n"}, "a rule's id is"},
    {"GateLevel",
     {.gate = "    gate:\n      - {id: G1, must: has(price), level: wran} #!\n"},
     "'level' cannot be 'wran'",
     "did you mean 'warn'?"},
    {"GateCompleteness", {.gate = "    gate: {completeness: 1.5} #!\n"}, "share from 0 to 1"},
    {"WaiverRole",
     {.gate = "    gate:\n      - {id: G1, must: has(price), waiver: {role: boss}} #!\n"},
     "'role' cannot be 'boss'"},
    {"WaiverNeed",
     {.gate = "    gate:\n      - {id: G1, must: has(price), waiver: {needs: [date]}} #!\n"},
     "a waiver cannot need 'date'",
     "reason, due"},
    {"CheckReadsNothing", {.rest = "checks:\n  - {id: X1, kind: llm, ask: A} #!\n"}, "'reads' is missing"},
    {"CheckReadsUnknown",
     {.rest = "checks:\n  - {id: X1, kind: llm, ask: A, reads: [S1.problm]} #!\n"},
     "`reads` names no question: 'S1.problm'",
     "did you mean 'S1.problem'?"},
    {"CheckWithoutSay", {.rest = "checks:\n  - {id: X1, kind: rule, must: S2.count > 1} #!\n"}, "'say' is missing"},
    {"CheckTwice",
     {.rest = "checks:\n  - {id: X1, must: S2.count > 1, say: A}\n  - {id: X1, must: S2.count > 2, say: A} #!\n"},
     "two rules have the id 'X1'"},
    {"CheckOfAModelWithARule",
     {.rest = "checks:\n  - {id: X1, kind: llm, reads: [S1.problem], ask: A, must: S2.count > 1} #!\n"},
     "`must`"},
    {"CheckSeverity",
     {.rest = "checks:\n  - {id: X1, must: S2.count > 1, say: A, severity: big} #!\n"},
     "'severity' cannot be 'big'"},
    {"NotTotal",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: S2.count > 1, then: halt} #!\n"},
     "is not total",
     "end it with"},
    {"UnreachableRule",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: \"true\", then: halt} #!\n      - "
                   "{id: D2, when: \"true\", then: proceed}\n"},
     "D1 of the profile 'default' is always true",
     "move it to the end"},
    {"UnknownOutcome",
     {.decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: \"true\", then: procede} #!\n"},
     "'then' cannot be 'procede'",
     "did you mean 'proceed'?"},
    {"UnknownDefaultProfile",
     {.decisions = "decisions:\n  default: strict #!\n  profiles:\n    standard:\n      - {id: D9, when: \"true\", "
                   "then: proceed}\n"},
     "there is no profile 'strict'",
     "standard"},
    {"TwoDefaultProfiles",
     {.decisions = "decisions:\n  default: a\n  default: b #!\n  profiles:\n    a:\n      - {id: D9, when: \"true\", "
                   "then: proceed}\n"},
     "the key 'default' occurs twice"},
    {"TwoProfilesOfOneName",
     {.decisions = "decisions:\n  profiles:\n    a:\n      - {id: D9, when: \"true\", then: proceed}\n    a: #!\n      "
                   "- {id: D9, when: \"true\", then: proceed}\n"},
     "the key 'a' occurs twice"},
    {"NoProfiles", {.decisions = "decisions:\n  profiles: {} #!\n"}, "at least one name"},
    {"EmptyProfile",
     {.decisions = "decisions:\n  profiles:\n    default: [] #!\n"},
     "must be a list of decision rules"},
    {"UnknownLabel",
     {.decisions = "decisions:\n  labels: {stop: Stop} #!\n  profiles:\n    default:\n      - {id: D9, when: \"true\", "
                   "then: proceed}\n"},
     "unknown key 'stop'"},
    {"CharterShowsUnknown",
     {.rest = "charter:\n  sections:\n    - {id: a, show: [S1.prise]} #!\n"},
     "`show` names no question: 'S1.prise'",
     "did you mean 'S1.price'?"},
    {"CharterSectionTwice",
     {.rest = "charter:\n  sections:\n    - {id: a, show: [S1.price]}\n    - {id: a, show: [S1.price]} #!\n"},
     "two sections have the id 'a'"},
    {"ReferenceType", {.rest = "references:\n  - {type: blog, title: T} #!\n"}, "'type' cannot be 'blog'"},
    {"ReferenceUrl",
     {.rest = "references:\n  - {type: book, title: T, url: \"javascript:alert(1)\"} #!\n"},
     "starts with https://"},
};
INSTANTIATE_TEST_SUITE_P(Rules, Compiler, testing::ValuesIn(kRules), test_name);

// One wrong expression in each place that holds one: the place is named and the text is shown.
const Mistake kExpressions[] = {
    {"InMust", {.gate = "    gate:\n      - {id: G1, must: price + 1} #!\n"}, "in `price + 1`"},
    {"InMustNotBool", {.gate = "    gate:\n      - {id: G1, must: size(problem)} #!\n"}, "in `size(problem)`"},
    {"InMustAsList", {.gate = "    gate:\n      - {id: G1, must: [a]} #!\n"}, "an expression must be text", "quote it"},
    {"InMustUnknownName",
     {.gate = "    gate:\n      - {id: G1, must: has(prise)} #!\n"},
     "in `has(prise)`",
     "did you mean"},
    {"InMustTooLong",
     {.gate = "    gate:\n      - id: G1\n        must: "
              "'words("
              "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\") "
              "> 1' #!\n"},
     "2000"},
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
INSTANTIATE_TEST_SUITE_P(Expressions, Compiler, testing::ValuesIn(kExpressions), test_name);

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
INSTANTIATE_TEST_SUITE_P(EmbeddedTests, Compiler, testing::ValuesIn(kEmbeddedTests), test_name);

TEST(CompilerTest, CompilesTheSampleThatTheMistakesAreMadeIn) {
  const auto result = compile_text(yaml_of({}));
  ASSERT_NE(result.protocol, nullptr) << to_string(result.diagnostics);
  EXPECT_TRUE(result.diagnostics.empty()) << to_string(result.diagnostics);
  EXPECT_EQ(result.protocol->stages.size(), 2U);
  EXPECT_EQ(result.protocol->questions[0].rubric, "standard");
  EXPECT_EQ(result.protocol->questions[1].rubric, std::nullopt);
  EXPECT_EQ(result.protocol->decisions.default_profile, "default");
}

TEST(CompilerTest, ReportsAllMistakesOfAFileInOnePassInItsOrder) {
  const auto result = compile_text(
      yaml_of({.types = "enums:\n  level: [LOW, LOW]\nrubrics:\n  strict: {accept: 0}\n",
               .questions = "          - {id: a, type: strng, ask: A}\n"
                            "          - {id: b, type: text, aks: B}\n"
                            "          - {id: c, type: int, ask: C, if: has(d)}\n",
               .gate = "    gate:\n      - {id: G1, must: prise > 3}\n",
               .after = "[S3]",
               .decisions = "decisions:\n  profiles:\n    default:\n      - {id: D1, when: S2.count > 1, then: halt}\n",
               .rest = "checks:\n  - {id: X1, kind: llm, ask: A, reads: [S9.x]}\n"
                       "charter:\n  sections:\n    - {id: s, show: [S9.x]}\n"}),
      "a.yaml");
  std::vector<int> lines;
  for (const auto& diagnostic : of_level(result, DiagnosticLevel::kError)) lines.push_back(diagnostic.line);
  EXPECT_EQ(lines, (std::vector{6, 8, 18, 19, 19, 20, 22, 25, 34, 36, 39})) << to_string(result.diagnostics);
}

TEST(CompilerTest, WarnsWhereAnOptionalQuestionIsReadWithoutHas) {
  const auto yaml =
      yaml_of({.questions = "          - {id: x, type: text, ask: A, if: 'price > money(\"EUR 5\")'}\n"
                            "          - {id: y, type: text, ask: A, required_if: 'price > money(\"EUR 5\")'}\n",
               .gate = "    gate:\n      - {id: G1, must: 'price > money(\"EUR 5\")'}\n"
                       "      - {id: G2, must: '!has(price) || price > money(\"EUR 5\")'}\n",
               .decisions = "decisions:\n  profiles:\n    default:\n"
                            "      - {id: D1, when: 'S1.price > money(\"EUR 5\")', then: halt}\n"
                            "      - {id: D9, when: \"true\", then: proceed}\n",
               .rest = "checks:\n  - {id: X1, must: 'S1.price > money(\"EUR 5\")', say: A}\n"});
  const auto result = compile_text(yaml);
  EXPECT_NE(result.protocol, nullptr);
  std::vector<int> lines;
  for (const auto& warning : of_level(result, DiagnosticLevel::kWarning)) {
    lines.push_back(warning.line);
    EXPECT_NE(warning.message.find("reads the optional question S1.price without has()"), std::string::npos);
    EXPECT_NE(warning.hint.find("write `has(S1.price) && …`"), std::string::npos);
  }
  EXPECT_EQ(lines, (std::vector{14, 15, 17, 30, 33})) << to_string(result.diagnostics);
}

TEST(CompilerTest, PlacesAnExpressionsErrorAtItsColumn) {
  const auto result = compile_text(yaml_of({.gate = "    gate:\n      - {id: G1, must: \"has(prise)\"}\n"}));
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].column, 29);  // the p of prise
}

TEST(CompilerTest, RefusesMoreThan40StagesAnd1000Questions) {
  std::string stages = "tollgate: 1\nid: s\nversion: 1.0.0\ntitle: T\nstages:\n";
  for (int i = 0; i < 41; ++i)
    stages += fmt::format(
        "  - {{id: S{}, title: T, groups: [{{id: g, title: G, questions: [{{id: a, type: text, ask: A}}]}}]}}\n", i);
  const auto many_stages = compile_text(stages);
  ASSERT_FALSE(many_stages.diagnostics.empty());
  EXPECT_EQ(many_stages.diagnostics[0].line, 6);
  EXPECT_NE(many_stages.diagnostics[0].message.find("more than 40 stages"), std::string::npos);

  std::string questions;
  for (int i = 0; i < 10'000; ++i) questions += fmt::format("          - {{id: q{}, type: text, ask: A}}\n", i);
  const auto many_questions = compile_text(yaml_of({.questions = questions}));
  ASSERT_FALSE(many_questions.diagnostics.empty());
  EXPECT_NE(many_questions.diagnostics[0].message.find("more than 1000 questions"), std::string::npos)
      << to_string(many_questions.diagnostics[0]);
}

TEST(CompilerTest, NamesTheWaitThatCanNeverEndAcrossSeveralStages) {
  // S2.a needs S3.b, which needs S4.c; S4 opens only after S2 has passed.
  constexpr std::string_view kYaml = R"yaml(tollgate: 1
id: s
version: 1.0.0
title: T
stages:
  - {id: S2, title: T, groups: [{id: g, title: G, questions: [{id: a, type: text!, ask: A, needs: [S3.b]}]}]}
  - {id: S3, title: T, groups: [{id: g, title: G, questions: [{id: b, type: text!, ask: A, needs: [S4.c]}]}]}
  - {id: S4, title: T, after: [S2], groups: [{id: g, title: G, questions: [{id: c, type: text!, ask: A}]}]}
decisions: {profiles: {default: [{id: D9, when: "true", then: proceed}]}}
)yaml";
  const auto result = compile_text(std::string(kYaml));
  ASSERT_EQ(result.diagnostics.size(), 1U) << to_string(result.diagnostics);
  EXPECT_EQ(result.diagnostics[0].line, 6);
  EXPECT_NE(result.diagnostics[0].message.find("S2.a → S3.b → S4.c → the gate of S2 → S2.a"), std::string::npos)
      << to_string(result.diagnostics);
}

TEST(CompilerTest, SurvivesStagesAndSectionsWithoutIds) {
  const auto result = compile_text(
      "tollgate: 1\nid: s\nversion: 1.0.0\ntitle: T\nstages:\n"
      "  - {title: A, groups: [{id: g, questions: [{id: a, type: text, ask: A}]}]}\n"
      "  - {title: B, groups: [{id: g, questions: [{id: a, type: text, ask: A}]}]}\n"
      "charter: {sections: [{title: A}, {title: B}]}\n");
  EXPECT_EQ(result.protocol, nullptr);
  EXPECT_GE(result.diagnostics.size(), 4U);
}

TEST(CompilerTest, KeepsGatesWithTheirStagesWhenAStageIsNoMapping) {
  const auto result = compile_text(
      "tollgate: 1\nid: s\nversion: 1.0.0\ntitle: T\nstages:\n"
      "  - first\n"
      "  - {id: S1, title: B, groups: [{id: g, questions: [{id: a, type: text!, ask: A}]}], gate: [{id: G, must: a == "
      "\"x\"}]}\n"
      "  - {id: S2, title: B, groups: [{id: g, questions: [{id: b, type: text!, ask: A}]}], gate: [{id: H, must: b == "
      "\"x\"}]}\n"
      "decisions: {profiles: {default: [{id: D9, when: \"true\", then: proceed}]}}\n");
  ASSERT_EQ(result.diagnostics.size(), 1U) << to_string(result.diagnostics);
  EXPECT_EQ(result.diagnostics[0].line, 6);
}

TEST(CompilerTest, TakesTimeInProportionToLaddersOfDerivedValuesAndConditions) {
  std::string questions;
  for (int i = 0; i < 200; ++i) {
    const std::string before = i == 0 ? "count + count" : fmt::format("a{} + b{}", i - 1, i - 1);
    const std::string test = i == 0 ? "count > 0" : fmt::format("has(x{}) && has(y{})", i - 1, i - 1);
    for (const char* name : {"a", "b"})
      questions += fmt::format("          - {{id: {}{}, type: derived, of: int, value: {}}}\n", name, i, before);
    for (const char* name : {"x", "y"})
      questions += fmt::format("          - {{id: {}{}, type: int, ask: A, if: '{}', default: 1}}\n", name, i, test);
  }
  std::string given = "S2.count: 1";
  for (int i = 0; i < 200; ++i) given += fmt::format(", S2.x{0}: 1, S2.y{0}: 1", i);
  const auto rest = "tests:\n  - {name: a, given: {" + given + "}, expect: {value: {S2.a9: 1024, S2.x199: 1}}}\n";
  const auto result = compile_text(yaml_of({.s2_questions = questions, .rest = rest}));
  EXPECT_NE(result.protocol, nullptr) << to_string(result.diagnostics);
}

TEST(CompilerTest, BoundsTextThatDoublesFromOneDerivedValueToTheNext) {
  std::string questions = "          - {id: a0, type: derived, of: text, value: '\"0123456789\"'}\n";
  for (int i = 1; i < 60; ++i)
    questions += fmt::format("          - {{id: a{}, type: derived, of: text, value: a{} + a{}}}\n", i, i - 1, i - 1);
  const auto result = compile_text(
      yaml_of({.questions = questions, .rest = "tests:\n  - {name: a, expect: {value: {S1.a59: null}}}\n"}));
  EXPECT_NE(result.protocol, nullptr) << to_string(result.diagnostics);
}

class BuiltinProtocol : public testing::TestWithParam<std::string> {};

TEST_P(BuiltinProtocol, CompilesWithoutAnyDiagnosticAndRunsItsTests) {
  const auto result = compile_named(GetParam());
  ASSERT_NE(result.protocol, nullptr) << to_string(result.diagnostics);
  EXPECT_TRUE(result.diagnostics.empty()) << to_string(result.diagnostics);
  EXPECT_GT(result.tests_run, 5U);
}

TEST_P(BuiltinProtocol, IsTheSameAgainWhenCompiledFromItsCanonicalForm) {
  const auto first = compile_named(GetParam()).protocol;
  ASSERT_NE(first, nullptr);
  const auto again = compile_canonical(first->canonical);
  ASSERT_NE(again.protocol, nullptr) << to_string(again.diagnostics);
  const Protocol& second = *again.protocol;
  EXPECT_EQ(second.hash, first->hash);
  EXPECT_EQ(second.canonical, first->canonical);
  ASSERT_EQ(second.questions.size(), first->questions.size());
  for (std::size_t i = 0; i < first->questions.size(); ++i) {
    const Question& a = first->questions[i];
    const Question& b = second.questions[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_TRUE(same_type(a.value_type, b.value_type)) << a.name;
    EXPECT_EQ(std::tie(a.ask, a.label, a.help, a.rubric, a.required, a.needs, a.sources, a.maps, a.assign),
              std::tie(b.ask, b.label, b.help, b.rubric, b.required, b.needs, b.sources, b.maps, b.assign))
        << a.name;
    EXPECT_EQ(a.examples.good, b.examples.good) << a.name;
    EXPECT_EQ(a.examples.weak, b.examples.weak) << a.name;
    ASSERT_EQ(a.defaults.size(), b.defaults.size()) << a.name;
    for (std::size_t k = 0; k < a.defaults.size(); ++k) EXPECT_EQ(a.defaults[k].value, b.defaults[k].value) << a.name;
  }
  EXPECT_EQ(second.checks.size(), first->checks.size());
  EXPECT_EQ(second.references.size(), first->references.size());
}

INSTANTIATE_TEST_SUITE_P(All, BuiltinProtocol, testing::ValuesIn(builtin_protocol_ids()), [](const auto& row) {
  std::string name = row.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(CompilerTest, SuggestsABuiltInProtocolForAMistypedName) {
  const auto result = compile_named("ai-project-scopin");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_NE(result.diagnostics[0].hint.find("did you mean 'ai-project-scoping'?"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::protocol
