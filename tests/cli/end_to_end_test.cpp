// The real program, as a child process on temporary folders.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "base/json.hpp"
#include "tests/fakes/child_process.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate {
namespace {

namespace fs = std::filesystem;
using base::Value;
using fakes::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kSource = TOLLGATE_SOURCE_DIR;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Program : public testing::Test {
 protected:
  Finished tollgate(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {},
                    const std::string& stdout_path = {}) {
    arguments.insert(arguments.begin(), TOLLGATE_PROGRAM);
    environment.emplace("TOLLGATE_DATABASE_URL", "sqlite:" + file("store.db"));
    return fakes::run_program(std::move(arguments), {std::move(environment), folder_.file(""), stdout_path});
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name), std::ios::binary) << text;
    return file(name);
  }
  std::vector<std::string> names_in(const std::string& name) const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(file(name), ignored)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  Value charter(const std::string& out = "out") const {
    return base::parse_json(read_text(file(out + "/charter.json"))).value_or(Value());
  }
  void expect_whole_charter(const std::string& out = "out") const {
    EXPECT_EQ(names_in(out), (std::vector<std::string>{"charter.html", "charter.json", "charter.md", "charter.pdf"}));
    EXPECT_TRUE(charter(out).is_record());
    EXPECT_THAT(read_text(file(out + "/charter.md")), StartsWith("# "));
    EXPECT_THAT(read_text(file(out + "/charter.pdf")), AllOf(StartsWith("%PDF-"), HasSubstr("%%EOF")));
    const auto html = read_text(file(out + "/charter.html"));
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));
    EXPECT_FALSE(html.contains("<script"));
  }

  test::TemporaryFolder folder_;
};

// --- the examples reach the decision they state ---

struct Example {
  std::string brief;
  std::string outcome;
  std::string rule;
};
void PrintTo(const Example& example, std::ostream* out) {
  *out << example.brief;
}

class ExampleBrief : public Program, public testing::WithParamInterface<Example> {};

INSTANTIATE_TEST_SUITE_P(Program, ExampleBrief,
                         testing::Values(Example{"telecom-churn", "proceed_with_monitoring", "D4"},
                                         Example{"business-credit", "revise", "D3"},
                                         Example{"cv-screening", "submit_to_committee", "D2"},
                                         Example{"sepsis-orders", "halt", "D1"},
                                         Example{"wind-gearbox", "proceed", "D5"},
                                         Example{"payroll-vendor", "proceed_with_monitoring", ""}));

TEST_P(ExampleBrief, ReachesItsDecision) {
  const auto& example = GetParam();
  const auto done = tollgate(
      {"run", kSource + "/examples/briefs/" + example.brief + ".yaml", "--provider", "offline", "--out", "out"});
  ASSERT_EQ(done.code, 0) << done.out << done.err;
  expect_whole_charter();
  const auto decision = charter()["decision"];
  EXPECT_EQ(decision.string_or("outcome", ""), example.outcome);
  if (!example.rule.empty()) EXPECT_EQ(decision.string_or("rule", ""), example.rule);
}

TEST_F(Program, NamesTheWaiverAGatePassedWith) {
  ASSERT_EQ(
      tollgate({"run", kSource + "/examples/briefs/wind-gearbox.yaml", "--provider", "offline", "--out", "out"}).code,
      0);
  EXPECT_EQ(charter()["waivers"].if_list()->size(), 1U);
}

TEST_F(Program, ShowsTheGateThatClosedOnce) {
  const auto done =
      tollgate({"run", kSource + "/examples/briefs/business-credit.yaml", "--provider", "offline", "--out", "out"});
  ASSERT_EQ(done.code, 0);
  EXPECT_THAT(done.err, HasSubstr("gate S3: closed"));
  EXPECT_THAT(done.err, HasSubstr("gate S3: passed"));
}

TEST_F(Program, RunsAProtocolOfAnotherDomainWithoutAChange) {
  const auto checked = tollgate({"protocol", "check", kSource + "/tests/data/playground-safety.yaml"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  const auto brief = kSource + "/tests/data/playground-lindach.yaml";
  const auto standard = tollgate({"run", brief, "--out", "out"});
  ASSERT_EQ(standard.code, 0) << standard.out << standard.err;
  expect_whole_charter();
  EXPECT_THAT(standard.out, HasSubstr("Decision: Open (rule D3)"));
  const auto strict = tollgate({"run", brief, "--out", "strict", "--profile", "strict"});
  EXPECT_THAT(strict.out, HasSubstr("Decision: Repair first (rule D1)"));
}

TEST_F(Program, RunningABriefAgainGivesTheSameBytes) {
  const auto brief = kSource + "/tests/data/playground-lindach.yaml";
  ASSERT_EQ(tollgate({"run", brief, "--out", "out"}).code, 0);
  const auto again = tollgate({"run", brief, "--out", "again"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("continued"));
  for (const auto& name : names_in("out"))
    EXPECT_EQ(read_text(file("out/" + name)), read_text(file("again/" + name))) << name;
}

TEST_F(Program, AcceptsHonestWordsEverywhere) {
  auto text = read_text(kSource + "/tests/data/playground-lindach.yaml");
  text.replace(text.find("Playground at Lindach mill"), 26,
               "Prescription update, system prompt and ignore previous instructions");
  text.replace(text.find("./playground-safety.yaml"), 24, kSource + "/tests/data/playground-safety.yaml");
  const auto brief = write("honest.yaml", text + "  P3.complaints: 2\n");
  const auto done = tollgate({"run", brief, "--out", "out"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(read_text(file("out/charter.md")),
              HasSubstr("Prescription update, system prompt and ignore previous instructions"));
}

TEST_F(Program, ListsWhatIsOpenWithExitCode4) {
  const auto brief = write("b.yaml", "title: Half\nprotocol: " + kSource +
                                         "/tests/data/playground-safety.yaml\nanswers: {P1.ages: mixed}\n");
  const auto done = tollgate({"run", brief, "--out", "out"});
  EXPECT_EQ(done.code, 4);
  EXPECT_THAT(done.out, HasSubstr("P1.users"));
  EXPECT_THAT(names_in("out"), IsEmpty());
}

TEST_F(Program, PrintsOneJsonObjectWhenAsked) {
  const auto done = tollgate({"run", kSource + "/tests/data/playground-lindach.yaml", "--out", "out", "--json"});
  EXPECT_EQ(done.code, 0);
  const auto report = base::parse_json(done.out);
  ASSERT_TRUE(report) << done.out;
  EXPECT_EQ(report->string_or("decision", ""), "proceed");
  EXPECT_THAT(done.err, IsEmpty());
}

TEST_F(Program, SaysSoWhenItsOutputCannotBeWritten) {
  const auto done = tollgate({"run", kSource + "/tests/data/playground-lindach.yaml", "--out", "out"}, {}, "/dev/full");
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("could not be written"));
  EXPECT_EQ(tollgate({"version"}, {}, "/dev/full").code, 1);
  EXPECT_EQ(tollgate({"--help"}, {}, "/dev/full").code, 1);
}

// --- bad input: exit code, what it says, nothing twice, nothing half-written ---

class BadInput : public Program {
 protected:
  std::string brief() const { return kSource + "/tests/data/playground-lindach.yaml"; }
  std::string brief_with(const std::string& lines) const {
    return write("brief.yaml", "title: T\nprotocol: " + kSource + "/tests/data/playground-safety.yaml\n" + lines);
  }
  void expect_refused(const Finished& done, int code, const std::vector<std::string>& says) {
    EXPECT_EQ(done.code, code) << done.out << done.err;
    for (const auto& text : says) EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_THAT(done.out, IsEmpty());
    EXPECT_THAT(done.err, Not(HasSubstr("internal error")));
    EXPECT_LT(done.err.size(), 6'000U);
    std::istringstream lines(done.err);
    std::vector<std::string> seen;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("  hint:")) continue;  // two mistakes may have one cure
      EXPECT_EQ(std::count(seen.begin(), seen.end(), line), 0) << "printed twice: " << line;
      seen.push_back(line);
    }
    EXPECT_THAT(names_in("out"), IsEmpty());
  }
};

TEST_F(BadInput, BriefThatIsNotThere) {
  expect_refused(tollgate({"run", "nowhere.yaml", "--out", "out"}), 2, {"nowhere.yaml"});
}

TEST_F(BadInput, BriefThatIsAFolder) {
  fs::create_directory(file("folder"));
  expect_refused(tollgate({"run", "folder", "--out", "out"}), 2, {"folder"});
}

TEST_F(BadInput, BriefThatIsNoYaml) {
  expect_refused(tollgate({"run", write("b.yaml", "title: T\nanswers: {a: [1, 2\n"), "--out", "out"}), 2, {"b.yaml:"});
}

TEST_F(BadInput, BriefThatIsEmpty) {
  expect_refused(tollgate({"run", write("b.yaml", ""), "--out", "out"}), 2, {"b.yaml"});
}

TEST_F(BadInput, BriefThatIsAList) {
  expect_refused(tollgate({"run", write("b.yaml", "- a\n- b\n"), "--out", "out"}), 2, {"b.yaml:1"});
}

TEST_F(BadInput, BriefWithoutATitle) {
  expect_refused(tollgate({"run",
                           write("b.yaml", "protocol: " + kSource +
                                               "/tests/data/playground-safety.yaml\nanswers: {P1.ages: mixed}\n"),
                           "--out", "out"}),
                 2, {"b.yaml", "title"});
}

TEST_F(BadInput, UnknownKeyOfABrief) {
  expect_refused(tollgate({"run", brief_with("answer: {P1.ages: mixed}\n"), "--out", "out"}), 2,
                 {"brief.yaml:3", "answers"});
}

TEST_F(BadInput, UnknownQuestion) {
  expect_refused(tollgate({"run", brief_with("answers:\n  P1.age: mixed\n"), "--out", "out"}), 2,
                 {"brief.yaml:4", "P1.age", "P1.ages"});
}

TEST_F(BadInput, WrongTypes) {
  expect_refused(
      tollgate({"run",
                brief_with(
                    "answers:\n  P1.opening: soon\n  P2.open_defects: many\n  P3.budget: enough\n  P1.ages: adults\n"),
                "--out", "out"}),
      2, {"brief.yaml:4", "brief.yaml:5", "brief.yaml:6", "brief.yaml:7"});
}

TEST_F(BadInput, AnswerOfTenMegabytes) {
  expect_refused(
      tollgate({"run", brief_with("answers:\n  P1.users: " + std::string(10'000'000, 'x') + "\n"), "--out", "out"}), 2,
      {"brief.yaml"});
}

TEST_F(BadInput, AnswerThatIsTooLong) {
  expect_refused(
      tollgate({"run", brief_with("answers:\n  P1.users: " + std::string(20'000, 'x') + "\n"), "--out", "out"}), 2,
      {"brief.yaml:4", "10"});
}

TEST_F(BadInput, TextThatIsNotUtf8) {
  expect_refused(tollgate({"run", brief_with("answers:\n  P1.users: caf\xe9 noir\n"), "--out", "out"}), 2,
                 {"brief.yaml", "UTF-8"});
}

TEST_F(BadInput, UnknownProtocol) {
  expect_refused(tollgate({"run", brief(), "--protocol", "ai-project-scopin", "--out", "out"}), 2,
                 {"ai-project-scopin", "ai-project-scoping"});
}

TEST_F(BadInput, ProtocolOfTheBriefThatIsNotThere) {
  expect_refused(tollgate({"run", write("b.yaml", "title: T\nprotocol: ./none.yaml\n"), "--out", "out"}), 2,
                 {"none.yaml"});
}

TEST_F(BadInput, UnknownProfile) {
  expect_refused(tollgate({"run", brief(), "--profile", "lenient", "--out", "out"}), 2,
                 {"lenient", "standard", "strict"});
}

TEST_F(BadInput, UnknownOption) {
  expect_refused(tollgate({"run", brief(), "--option", "formula=sum", "--out", "out"}), 2, {"formula"});
  expect_refused(tollgate({"run", brief(), "--option", "formula", "--out", "out"}), 2, {"name=value"});
}

TEST_F(BadInput, UnknownFlagOrCommand) {
  expect_refused(tollgate({"run", brief(), "--outt", "out"}), 2, {"--outt"});
  expect_refused(tollgate({"rum", brief()}), 2, {"'rum'", "'run'"});
  expect_refused(tollgate({}), 2, {"subcommand"});
}

TEST_F(BadInput, OutFolderThatIsAFile) {
  expect_refused(tollgate({"run", brief(), "--out", write("file", "x")}), 2, {"file", "--out"});
}

TEST_F(BadInput, OutFolderThatCannotBeWritten) {
  // Not even root may write there.
  expect_refused(tollgate({"run", brief(), "--out", "/proc/self/task"}), 2, {"/proc/self/task", "--out"});
}

TEST_F(BadInput, FileThatLinksOutOfTheFolder) {
  write("secret", "not for charters");
  fs::create_directory(file("brief"));
  fs::create_symlink("../secret", file("brief/consent.txt"));
  write("brief/protocol.yaml",
        "tollgate: 1\nid: consent\nversion: 1.0.0\ntitle: Consent\n"
        "stages: [{id: A, title: A, groups: [{id: g, title: G, questions: [{id: form, type: file!, ask: Form}]}]}]\n"
        "decisions: {profiles: {default: [{id: D, when: \"true\", then: proceed}]}}\n");
  const auto path = write("brief/brief.yaml", "title: T\nprotocol: ./protocol.yaml\nanswers: {A.form: consent.txt}\n");
  expect_refused(tollgate({"run", path}), 2, {"consent.txt", "out of the brief's folder"});
}

TEST_F(BadInput, OutFolderBelowAFile) {
  expect_refused(tollgate({"run", brief(), "--out", write("file", "x") + "/out"}), 2, {"file/out", "--out"});
}

TEST_F(BadInput, OutFileThatIsAFolderLeavesNoHalfCharter) {
  fs::create_directories(file("o/charter.pdf"));
  const auto done = tollgate({"run", brief(), "--out", "o"});
  EXPECT_EQ(done.code, 1) << done.err;
  EXPECT_THAT(done.err, HasSubstr("charter.pdf"));
  EXPECT_THAT(names_in("o"), testing::ElementsAre("charter.pdf"));
}

TEST_F(BadInput, StoreThatIsNoDatabase) {
  expect_refused(
      tollgate({"run", brief(), "--store", "sqlite:" + write("notes.txt", std::string(5000, 'x')), "--out", "out"}), 1,
      {"notes.txt"});
}

TEST_F(BadInput, StoreThatCannotBeCreated) {
  expect_refused(tollgate({"run", brief(), "--store", "sqlite:" + write("file", "x") + "/a.db", "--out", "out"}), 1,
                 {"a.db"});
  expect_refused(tollgate({"run", brief(), "--store", "sqlite:" + file(""), "--out", "out"}), 1, {file("")});
}

TEST_F(BadInput, StoreOfAnUnknownKind) {
  expect_refused(tollgate({"run", brief(), "--store", "mysql://x", "--out", "out"}), 2, {"sqlite:PATH"});
  expect_refused(tollgate({"run", brief(), "--store", "store.db", "--out", "out"}), 2, {"sqlite:PATH"});
}

TEST_F(BadInput, UnknownSettingInTheFile) {
  expect_refused(
      tollgate({"run", brief(), "--config", write("t.yaml", "provider: offline\nlm_concurrency: 4\n"), "--out", "out"}),
      2, {"t.yaml:2", "llm_concurrency"});
}

TEST_F(BadInput, UnknownSettingInTheEnvironment) {
  expect_refused(tollgate({"run", brief(), "--out", "out"}, {{"TOLLGATE_PROVIDERS", "offline"}}), 2,
                 {"TOLLGATE_PROVIDERS", "TOLLGATE_PROVIDER?"});
}

TEST_F(BadInput, SettingOfAWrongValue) {
  expect_refused(tollgate({"run", brief(), "--out", "out"}, {{"TOLLGATE_LLM_CONCURRENCY", "many"}}), 2,
                 {"TOLLGATE_LLM_CONCURRENCY", "256"});
  expect_refused(tollgate({"run", brief(), "--out", "out"}, {{"TOLLGATE_PROVIDER", "openia"}}), 2,
                 {"TOLLGATE_PROVIDER", "openai"});
}

TEST_F(BadInput, SecretGivenTwice) {
  expect_refused(
      tollgate({"run", brief(), "--out", "out"},
               {{"OPENAI_API_KEY", "sk-very-secret-1"}, {"OPENAI_API_KEY_FILE", write("key", "sk-very-secret-2")}}),
      2, {"OPENAI_API_KEY", "OPENAI_API_KEY_FILE"});
}

TEST_F(BadInput, SecretFileThatIsNotThere) {
  expect_refused(tollgate({"run", brief(), "--out", "out"}, {{"OPENAI_API_KEY_FILE", "/nowhere/key"}}), 2,
                 {"OPENAI_API_KEY_FILE", "/nowhere/key"});
}

TEST_F(BadInput, ProviderWithoutItsKey) {
  expect_refused(tollgate({"run", brief(), "--provider", "anthropic", "--out", "out"}), 2, {"ANTHROPIC_API_KEY"});
}

TEST_F(BadInput, ProviderThatDoesNotAnswerSaysHowToGoOn) {
  const auto done = tollgate({"run", brief(), "--provider", "ollama", "--out", "out"},
                             {{"OLLAMA_HOST", "http://127.0.0.1:9"}, {"TOLLGATE_LLM_TIMEOUT_SECONDS", "1"}});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, AllOf(HasSubstr("127.0.0.1:9"), HasSubstr("--provider offline")));
  EXPECT_THAT(names_in("out"), IsEmpty());
}

TEST_F(BadInput, NeverShowsASecret) {
  const auto done = tollgate({"run", brief(), "--provider", "openai", "--out", "out"},
                             {{"OPENAI_API_KEY", "sk-very-secret-1"}, {"OPENAI_BASE_URL", "http://127.0.0.1:9/v1"}});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err + done.out, Not(HasSubstr("sk-very-secret-1")));
}

}  // namespace
}  // namespace tollgate
