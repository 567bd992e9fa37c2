#include "protocol/compiler.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/builtin.hpp"
#include "tests/protocol/sample_protocol.hpp"

namespace tollgate::protocol {
namespace {

std::vector<Diagnostic> of_level(const CompileResult& result, DiagnosticLevel level) {
  std::vector<Diagnostic> out;
  std::copy_if(result.diagnostics.begin(), result.diagnostics.end(), std::back_inserter(out),
               [&](const auto& diagnostic) { return diagnostic.level == level; });
  return out;
}

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
