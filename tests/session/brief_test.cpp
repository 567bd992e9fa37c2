#include "session/brief.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::session {
namespace {

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: sample
version: 1.0.0
title: Sample
options:
  formula: {values: [sum, product]}
stages:
  - id: S1
    title: T
    groups:
      - id: g
        title: T
        questions:
          - {id: problem, type: long_text!, ask: A}
          - {id: price, type: money, ask: A}
          - {id: tags, type: "text[]", ask: A}
          - {id: names, type: "text[]!", ask: A}
          - {id: proof, type: file, ask: A}
          - {id: double, type: derived, of: int, value: 1 + 1}
    gate:
      - {id: G1, must: has(price), waiver: {role: committee, needs: [reason, due]}}
      - {id: G2, must: has(tags)}
  - id: S2
    title: T
    groups:
      - {id: g, title: T, questions: [{id: price, type: int, ask: A}]}
decisions:
  profiles:
    default: [{id: D9, when: "true", then: proceed}]
    strict: [{id: D9, when: "true", then: halt}]
)yaml";

const protocol::Protocol& sample() {
  static const auto kResult = protocol::compile_text(kProtocol);
  EXPECT_NE(kResult.protocol, nullptr) << protocol::to_string(kResult.diagnostics);
  return *kResult.protocol;
}

base::Result<base::Value> load(const std::string& path) {
  if (path != "proof.pdf")
    return base::fail(base::ErrorCode::kNotFound, fmt::format("the file '{}' does not exist", path));
  return base::Value(base::Value::Record{{"name", path}, {"sha256", std::string(64, 'a')}, {"bytes", 3}});
}

std::expected<Brief, std::vector<protocol::Diagnostic>> read(std::string_view yaml) {
  return read_brief(protocol::parse_yaml(yaml, "brief.yaml").value(), sample(), load);
}

std::string complaints(std::string_view yaml) {
  const auto brief = read(yaml);
  if (brief) return "accepted";
  std::string out;
  for (const auto& one : brief.error())
    out += fmt::format("{}:{} {} | {}\n", one.file, one.line, one.message, one.hint);
  return out;
}

TEST(Brief, ReadsAnswersRevisionsOptionsWaiversAndText) {
  const auto brief = read(R"yaml(
title: Tool
protocol: sample
profile: strict
options: {formula: product}
text: |
  Free form.
answers:
  problem: Copying by hand.
  S1.price: EUR 5
  S2.price: 7
  tags: []
  names:
  proof: proof.pdf
revisions:
  problem: [Second., Third.]
waivers:
  - {rule: G1, role: committee, by: Ada, reason: agreed, due: 2027-01-31}
)yaml");
  ASSERT_TRUE(brief) << protocol::to_string(brief.error());
  EXPECT_EQ(brief->title, "Tool");
  EXPECT_EQ(brief->profile, "strict");
  EXPECT_EQ(brief->text, "Free form.\n");
  EXPECT_EQ(brief->options.at("formula"), "product");
  EXPECT_EQ(base::to_json(brief->answers.at("S1.problem")), R"(["Copying by hand.","Second.","Third."])");
  EXPECT_EQ(base::to_json(brief->answers.at("S1.price")), R"(["EUR 5"])");
  EXPECT_EQ(base::to_json(brief->answers.at("S2.price")), "[7]");
  EXPECT_EQ(base::to_json(brief->answers.at("S1.tags")), "[[]]");
  EXPECT_FALSE(brief->answers.contains("S1.names"));
  EXPECT_EQ(brief->answers.at("S1.proof").at(0)["bytes"], base::Value(3));
  ASSERT_EQ(brief->waivers.size(), 1U);
  EXPECT_EQ(brief->waivers[0].stage, "S1");
  EXPECT_EQ(brief->waivers[0].due, base::Date::parse("2027-01-31"));
}

TEST(Brief, ReportsEveryMistakeOfAFileWithItsLine) {
  EXPECT_EQ(complaints(R"yaml(titel: Tool
profile: strickt
options:
  formla: sum
  formula: add
answers:
  problm: A
  price: EUR 5
  S1.price: cheap
  double: 4
  proof: other.pdf
  names: {a: b}
revisions:
  problem: Second.
waivers:
  - {rule: G9, by: A, reason: B}
  - {rule: G2, by: A, reason: B}
  - {rule: G1, by: A, reason: B}
  - {rule: G1, role: committee, by: A, reason: B}
  - {rule: G1, role: committee, by: A, reason: B, due: soon}
)yaml"),
            "brief.yaml:1 unknown key 'titel' in a brief | did you mean 'title'?\n"
            "brief.yaml:1 the key 'title' is missing | add `title: …`\n"
            "brief.yaml:2 the protocol has no profile 'strickt' | did you mean 'strict'?\n"
            "brief.yaml:4 the protocol has no option 'formla' | did you mean 'formula'?\n"
            "brief.yaml:5 the option 'formula' cannot be 'add' | values: sum, product\n"
            "brief.yaml:7 the protocol sample has no question 'problm' | did you mean 'problem'?\n"
            "brief.yaml:8 the protocol sample has several questions 'price' | write the full name, with its stage\n"
            "brief.yaml:9 S1.price: 'cheap' is no amount with a currency; write for example EUR 180,000 | \n"
            "brief.yaml:10 S1.double is computed and cannot be answered | remove it\n"
            "brief.yaml:11 S1.proof: the file 'other.pdf' does not exist | \n"
            "brief.yaml:12 S1.names: expected a list, got a record; start each element with `- ` | \n"
            "brief.yaml:14 `revisions` holds a list of later values for each question | write `- ` before each value\n"
            "brief.yaml:16 no gate has a rule 'G9' | `tollgate protocol show sample` lists them\n"
            "brief.yaml:17 the rule G2 cannot be waived | \n"
            "brief.yaml:18 only a committee may waive G1 | \n"
            "brief.yaml:19 a waiver of G1 needs a due date, written as 2027-01-31 | \n"
            "brief.yaml:20 `due` must be a date | write it as 2027-01-31\n");
}

TEST(Brief, RefusesOtherShapes) {
  EXPECT_EQ(complaints("- a\n").substr(0, 46), "brief.yaml:1 a brief must be a mapping of keys");
  EXPECT_EQ(complaints("title: A\noptions: [sum]\n").substr(0, 35), "brief.yaml:2 `options` must be a ma");
  EXPECT_EQ(complaints("title: A\nanswers: [a]\n").substr(0, 35), "brief.yaml:2 `answers` must be a ma");
  EXPECT_EQ(complaints("title: A\nwaivers: {a: b}\n").substr(0, 35), "brief.yaml:2 'waivers' must be a li");
  EXPECT_EQ(complaints("title: ''\n"), "brief.yaml:1 'title' is empty | write a text\n");
  EXPECT_NE(complaints("title: " + std::string(501, 'x') + "\n").find("longer than 500 bytes"), std::string::npos);
  EXPECT_NE(complaints("title: A\ntext: " + std::string(100'001, 'x') + "\n").find("longer than 100000 bytes"),
            std::string::npos);
}

TEST(Brief, RefusesOneQuestionUnderTwoNames) {
  EXPECT_EQ(complaints("title: A\nanswers:\n  problem: A\n  S1.problem: B\n"),
            "brief.yaml:4 S1.problem is answered twice | keep one, or put later values under `revisions:`\n");
}

TEST(Brief, NamesItsProtocolBeforeAnythingElseIsRead) {
  EXPECT_EQ(brief_protocol(*protocol::parse_yaml("protocol: vendor-security-review\n", "b")), "vendor-security-review");
  EXPECT_EQ(brief_protocol(*protocol::parse_yaml("title: A\n", "b")), "");
  EXPECT_EQ(brief_protocol(*protocol::parse_yaml("- a\n", "b")), "");
}

}  // namespace
}  // namespace tollgate::session
