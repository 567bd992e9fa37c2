// Whole interviews, typed line by line against a real store in a temporary folder, without a model.
#include "cli/interview.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "cli/command.hpp"
#include "cli/interview_desk.hpp"
#include "cli/workspace.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kProtocol = R"(
tollgate: 1
id: tool-purchase
version: 1.0.0
title: Small tool purchase
enums:
  reach: {team: {label: One team}, company: {label: Whole company}}
records:
  seat: {fields: {name: text!, days: int, reach: enum<reach>!}}
stages:
  - id: need
    title: The need
    summary: Says what the tool is for.
    groups:
      - id: why
        title: Why this tool
        questions:
          - id: problem
            type: long_text!
            ask: Which problem does the tool solve?
            help: Name the task and what it costs today.
            examples:
              good: Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each, 2 % with errors.
              weak: We want to be more efficient.
          - {id: effect, type: long_text!, ask: "What will be better?", needs: [problem]}
          - {id: price, type: money!, ask: "What does it cost in the first year?"}
          - {id: note, type: text, ask: "Anything else?"}
    gate:
      - id: affordable
        must: price < money("EUR 50,000")
        say: "The price of {{price}} needs the purchasing department."
        fix: Find a cheaper one.
        waiver: {role: reviewer, needs: [reason, due]}
  - id: use
    title: The use
    after: [need]
    groups:
      - id: who
        title: Who uses it
        questions:
          - {id: reach, type: enum<reach>!, ask: "Who uses it?"}
          - {id: seats, type: table<seat>!, ask: "Which seats?", min: 1}
decisions:
  profiles:
    default:
      - {id: D1, when: 'need.price >= money("EUR 10,000")', then: submit_to_committee, say: "{{need.price}} is above the limit.", lift: [Pay less.]}
      - {id: D2, when: "true", then: proceed, say: Within the limit.}
)";

const std::string kProblem =
    "Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each, 2 % with errors.\n";
const std::string kEffect =
    "Invoices are read by the tool, and the 11 analysts check 40 a day in 20 minutes instead of 120, with 0.5 % "
    "errors.\n";
const std::string kStageOne = kProblem + kEffect + "EUR 900\n\n";
const std::string kStageTwo = "1\nAnna\n3\ncompany\nn\n";

class InterviewTest : public testing::Test {
 protected:
  void SetUp() override {
    // Memory where there is some: nothing here is about the disk.
    const auto base = std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                          : std::filesystem::temp_directory_path();
    std::string pattern = (base / "interview-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(path("tool.yaml")) << kProtocol;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // Runs one command with these lines as its input; keeps what it printed.
  int run(std::vector<std::string> arguments, const std::string& lines) {
    for (const auto& flag :
         {std::string("--store"), "sqlite:" + path("t.db"), std::string("--provider"), std::string("offline")})
      arguments.push_back(flag);
    std::istringstream in(lines);
    std::ostringstream out;
    std::ostringstream err;
    const Surroundings world{.arguments = std::move(arguments),
                             .environment = {},
                             .in = in,
                             .out = out,
                             .err = err,
                             .clock = clock_,
                             .random = random_};
    const int code = run_command_line(world);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  int start(const std::string& lines) {
    return run({"interview", "--title", "Ledger reader", "--protocol", path("tool.yaml"), "--out", path("out")}, lines);
  }
  int resume(const std::string& lines) { return run({"interview", "--last", "--out", path("out")}, lines); }

  std::filesystem::path folder_;
  base::SystemClock clock_;
  base::SystemRandom random_;
  std::string out_;
  std::string err_;
};

TEST_F(InterviewTest, GoesFromTheFirstQuestionToTheCharter) {
  EXPECT_EQ(start(kStageOne + kStageTwo), kExitDone) << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("The need · Why this tool · 1 of 4 · 0 % overall"));
  EXPECT_THAT(out_, HasSubstr("Stage need The need passed its gate."));
  EXPECT_THAT(out_, HasSubstr("Checkpoint 1"));
  EXPECT_THAT(out_, HasSubstr("Now open: use The use"));
  EXPECT_THAT(out_, HasSubstr("D2: Within the limit."));
  for (const char* name : {"charter.md", "charter.html", "charter.pdf", "charter.json"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / name)) << name;
  EXPECT_THAT(out_, Not(HasSubstr("\x1b")));  // no colours where nobody sees them
}

TEST_F(InterviewTest, AsksForTitleAndProtocolWhenNoneIsGiven) {
  EXPECT_EQ(run({"interview"}, "\nLedger reader\n9\n" + path("tool.yaml") + "\n"), kExitOpen);
  EXPECT_THAT(out_, HasSubstr("Ledger reader · Small tool purchase"));
}

TEST_F(InterviewTest, RejectsAWeakAnswerAsksMoreAndTakesTheCompletedText) {
  EXPECT_EQ(start("Better work.\n+ " + kProblem), kExitOpen);
  EXPECT_THAT(out_, HasSubstr("7 are needed"));
  EXPECT_THAT(out_, HasSubstr("Attempt 2 of 3"));
  EXPECT_THAT(out_, HasSubstr("Accepted"));
  resume("/edit problem\n");
  EXPECT_THAT(out_, HasSubstr("Now: Better work. Eleven analysts copy"));
}

TEST_F(InterviewTest, KeepsAndFlagsTheBestAttemptWhenAttemptsAreUsedUp) {
  start("Better work.\nIt is good.\n\ny\n");
  EXPECT_THAT(out_, HasSubstr("Your best attempt is kept and flagged"));
  EXPECT_THAT(out_, HasSubstr("What will be better?"));
}

TEST_F(InterviewTest, ExplainsAQuestionAndAsksItAgain) {
  start("?\n");
  EXPECT_THAT(out_, HasSubstr("Name the task and what it costs today."));
  EXPECT_THAT(out_, HasSubstr("good: Eleven analysts"));
  EXPECT_THAT(out_, HasSubstr("weak: We want to be more efficient."));
}

TEST_F(InterviewTest, RecallsInTheHelpWhatWasSaidBefore) {
  start(kProblem + "?\n");
  EXPECT_THAT(out_, HasSubstr("You said for Problem: Eleven analysts copy"));
}

TEST_F(InterviewTest, GoesBackToTheQuestionBeforeAndThenForwardAgain) {
  start(kProblem + "/back\n\n");
  EXPECT_THAT(out_, HasSubstr("Now: Eleven analysts"));
  EXPECT_THAT(out_, HasSubstr("Unchanged."));
  const auto unchanged = out_.find("Unchanged.");
  EXPECT_NE(out_.find("What will be better?", unchanged), std::string::npos);
}

TEST_F(InterviewTest, SaysWhichAnswersAnEditMakesStale) {
  start(kProblem + kEffect + "/edit PROBLEM\n");
  EXPECT_THAT(out_, HasSubstr("A change makes these stale, to be judged again: need.effect"));
}

TEST_F(InterviewTest, JudgesAnswersThatRestOnAnEditedOneAgain) {
  start(kProblem + kEffect + "/edit problem\n+ Each of them earns EUR 70,000 a year.\n");
  EXPECT_THAT(out_, HasSubstr("need.effect was judged again"));
}

TEST_F(InterviewTest, HelpsWithAnIdNobodyKnows) {
  start("/edit need.prise\n/edit use.reach\n/edit\n");
  EXPECT_THAT(out_, HasSubstr("Did you mean need.price?"));
  EXPECT_THAT(out_, HasSubstr("use.reach cannot be answered now"));
  EXPECT_THAT(out_, HasSubstr("Write the question's id too"));
}

TEST_F(InterviewTest, ResumesWhereItWasLeft) {
  EXPECT_EQ(start(kProblem + "/quit\n"), kExitOpen);
  EXPECT_THAT(out_, HasSubstr("Your answers are saved. Go on with:"));
  const auto id = out_.substr(out_.rfind("tollgate interview ") + 19, 13);
  EXPECT_EQ(run({"interview", id, "--out", path("out")}, kEffect + "EUR 900\n\n" + kStageTwo), kExitDone)
      << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("Welcome back. 1 answer is given so far."));
  EXPECT_THAT(out_, Not(HasSubstr("Which problem does the tool solve?")));
}

TEST_F(InterviewTest, ResumesInTheMiddleOfAnAttempt) {
  start("Better work.\n");
  resume("");
  EXPECT_THAT(out_, HasSubstr("Now: Better work."));
  EXPECT_THAT(out_, HasSubstr("Attempt 2 of 3"));
}

TEST_F(InterviewTest, DoesNotAskAgainForWhatWasLeftOut) {
  start(kStageOne);
  resume("");
  EXPECT_THAT(out_, HasSubstr("1 optional question was left out"));
  EXPECT_THAT(out_, Not(HasSubstr("Anything else?")));
}

TEST_F(InterviewTest, SavesEverythingWhenTheInputEnds) {
  EXPECT_EQ(start(kProblem), kExitOpen);
  EXPECT_THAT(out_, HasSubstr("Your answers are saved. Go on with:"));
}

TEST_F(InterviewTest, WaitsWithTheGateForOptionalQuestions) {
  start(kProblem + kEffect + "EUR 900\n");
  EXPECT_THAT(out_, HasSubstr("Anything else?"));
  EXPECT_THAT(out_, Not(HasSubstr("passed its gate")));
}

TEST_F(InterviewTest, ComesBackToWhatWasPutOff) {
  start("/skip\n");
  EXPECT_THAT(out_, HasSubstr("Put off."));
  start(kProblem + "/skip\nEUR 900\n\n");
  EXPECT_THAT(out_, HasSubstr("Now what was put off."));
  EXPECT_THAT(out_.substr(out_.find("Now what was put off.")), HasSubstr("What will be better?"));
}

TEST_F(InterviewTest, MendsAClosedGateByChangingTheAnswerItReads) {
  start(kProblem + kEffect + "EUR 90,000\n\n1\nEUR 900\n");
  EXPECT_THAT(out_, HasSubstr("Gate need is closed"));
  EXPECT_THAT(out_, HasSubstr("affordable: The price of EUR 90,000 needs the purchasing department."));
  EXPECT_THAT(out_, HasSubstr("Find a cheaper one."));
  EXPECT_THAT(out_, HasSubstr("Stage need The need passed its gate."));
}

TEST_F(InterviewTest, WaivesARuleWithNameReasonAndDate) {
  start(kProblem + kEffect + "EUR 90,000\n\n2\nT. Aydin\n\nThe board agreed on 3 May\nsoon\n2027-01-31\n" + kStageTwo);
  EXPECT_THAT(out_, HasSubstr("This is needed for a waiver."));
  EXPECT_THAT(out_, HasSubstr("Write a date such as 2027-01-31."));
  EXPECT_THAT(out_, HasSubstr("affordable is waived: The board agreed on 3 May"));
  EXPECT_THAT(out_, HasSubstr("What would change it"));
}

TEST_F(InterviewTest, ShowsListStatusAndRulesWithoutLosingTheQuestion) {
  start(kProblem + "/list\n/status\n/why\n/help\n/nonsense\n");
  EXPECT_THAT(out_, HasSubstr("need.problem  Eleven analysts"));
  EXPECT_THAT(out_, HasSubstr("1 of 3"));
  EXPECT_THAT(out_, HasSubstr("affordable: price < money(\"EUR 50,000\") (a reviewer may waive it)"));
  EXPECT_THAT(out_, HasSubstr("There is no command /nonsense."));
}

TEST_F(InterviewTest, TakesTextOverSeveralLines) {
  start(
      "\"\"\"\nEleven analysts copy 40 invoices a day,\n/quit is no command in here,\n3 minutes each with 2 % "
      "errors.\n\"\"\"\n/edit problem\n");
  EXPECT_THAT(out_, HasSubstr("/quit is no command in here,\n"));
  EXPECT_THAT(out_, HasSubstr("Accepted"));
  start("Eleven analysts copy 40 invoices a day, \\\n3 minutes each, with 2 % errors in 2025.\n");
  EXPECT_THAT(out_, HasSubstr("Accepted"));
}

TEST_F(InterviewTest, ChangesAndDeletesRowsOfATable) {
  start(kStageOne + "1\nAnna\n\n1\ny\nBen\nfew\n5\n2\nd 1\ne 1\nBenjamin\n-\n\nn\n");
  EXPECT_THAT(out_, HasSubstr("'few' is no number"));
  EXPECT_THAT(out_, HasSubstr("Saved, 1 row: Benjamin"));
}

TEST_F(InterviewTest, TakesAPastedTable) {
  start(kStageOne + "1\n- {name: Anna, reach: team}\n- {name: Ben, reach: company}\n\nn\n");
  EXPECT_THAT(out_, HasSubstr("Saved, 2 rows: Anna, Ben"));
}

TEST_F(InterviewTest, AsksBeforeRowsAreLost) {
  EXPECT_EQ(start(kStageOne + "1\nAnna\n\n1\n/quit\nn\nn\n"), kExitDone) << out_;
  EXPECT_THAT(out_, HasSubstr("1 row is not saved yet. Leave all the same?"));
}

TEST_F(InterviewTest, RefusesAnAnswerThatDoesNotFitAndAsksAgain) {
  start(kProblem + kEffect + "a lot\nEUR 900\n");
  EXPECT_THAT(out_, HasSubstr("'a lot' is no amount with a currency"));
  EXPECT_THAT(out_, HasSubstr("✓ EUR 900"));
}

TEST_F(InterviewTest, TakesNoAnswerThatIsNotUtf8) {
  start("Eleven \xff analysts\n");
  EXPECT_THAT(out_, HasSubstr("is not valid UTF-8"));
}

TEST_F(InterviewTest, ShowsADecidedSessionAndDecidesAnewAfterAnEdit) {
  start(kStageOne + kStageTwo);
  const auto id = out_.substr(out_.rfind("tollgate interview ") + 19, 13);
  EXPECT_EQ(run({"interview", id, "--out", path("out")}, "/edit price\nEUR 12,000\n"), kExitDone) << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("D2: Within the limit."));
  EXPECT_THAT(out_, HasSubstr("D1: EUR 12,000 is above the limit."));
}

// A desk whose model does not answer for a while.
class PatchyDesk final : public InterviewDesk {
 public:
  PatchyDesk(std::unique_ptr<InterviewDesk> desk, int failures) : desk_(std::move(desk)), failures_(failures) {}
  base::Result<engine::LoadedSession> load() override { return desk_->load(); }
  base::Status submit(const std::string& question, base::Value raw) override {
    return desk_->submit(question, std::move(raw));
  }
  base::Status waive(session::BriefWaiver waiver) override { return desk_->waive(std::move(waiver)); }
  base::Result<engine::RunReport> run(session::RunPolicy policy, engine::RunObserver observer) override {
    if (failures_-- > 0) return base::fail(base::ErrorCode::kUnavailable, "the model is away");
    return desk_->run(std::move(policy), std::move(observer));
  }
  base::Result<base::Value> attach(const std::string& path) override { return desk_->attach(path); }

 private:
  const std::unique_ptr<InterviewDesk> desk_;
  int failures_;
};

TEST_F(InterviewTest, GoesOnAskingWhileTheModelIsAwayAndCatchesUpLater) {
  Config config;
  config.provider = "offline";
  config.database_url = "sqlite:" + path("t.db");
  auto workspace = Workspace::open(config, clock_, random_);
  ASSERT_TRUE(workspace) << workspace.error().message;
  const auto compiled = protocol::compile_text(kProtocol);
  const auto row =
      (*workspace)
          ->run((*workspace)->engine().create({.title = "T", .protocol = compiled.protocol, .idempotency_key = "k"}));
  ASSERT_TRUE(row) << row.error().message;
  PatchyDesk desk(make_workspace_desk({**workspace, clock_, random_, row->id, "anna"}), 3);
  std::istringstream in(kStageOne + "\n" + kStageTwo);
  std::ostringstream out;
  Prompter prompter(in, out, {});
  const auto end = Interview(desk, prompter).run();
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(*end, InterviewEnd::kDecided) << out.str();
  EXPECT_THAT(out.str(), HasSubstr("What you entered is saved and will be assessed later."));
  EXPECT_THAT(out.str(), HasSubstr("need.problem was judged again"));
}

TEST_F(InterviewTest, NamesTheCureForAWrongCommandLine) {
  EXPECT_EQ(run({"interview", "--last", "--title", "X"}, ""), kExitUsage);
  EXPECT_EQ(run({"interview", "--last"}, ""), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("no session is open; start one with `tollgate interview`"));
  EXPECT_EQ(run({"interview"}, ""), kExitUsage);
}

}  // namespace
}  // namespace tollgate::cli
