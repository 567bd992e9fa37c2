// The interview's view of its session: what comes next, what a run of the engine has brought about.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/interview.hpp"
#include "cli/interview_pages.hpp"

namespace tollgate::cli {
namespace {

using base::Status;
using base::Value;
using protocol::Question;
using protocol::QuestionIndex;
using session::QuestionStatus;
using session::StageStatus;

}  // namespace

const Question* Interview::find(const std::string& name) const {
  return name.empty() ? nullptr : session().protocol().find_question(name);
}

Status Interview::reload() {
  TRY(loaded_, desk_.load());
  return {};
}

bool Interview::is_waiting(const Question& question) const {
  const auto status = session().status(question);
  return status == QuestionStatus::kRejected ||
         (status == QuestionStatus::kOpen && session().requires_answer(question));
}

const Question* Interview::next_question() const {
  for (const auto& question : session().protocol().questions) {
    if (question.is_derived() || put_off_.contains(question.name)) continue;
    const auto status = session().status(question);
    if (status == QuestionStatus::kOpen || status == QuestionStatus::kRejected) return &question;
  }
  return nullptr;
}

const Question* Interview::take_up_what_was_put_off() {
  const Question* first = nullptr;
  for (const auto& question : session().protocol().questions) {
    if (!put_off_.contains(question.name) || !is_waiting(question)) continue;
    put_off_.erase(question.name);
    if (first == nullptr) first = &question;
  }
  if (first != nullptr) {
    prompter_.gap();
    prompter_.say("Now what was put off.");
  }
  return first;
}

const protocol::Stage* Interview::closed_gate() const {
  for (const auto& stage : session().protocol().stages) {
    if (!put_off_gates_.contains(stage.id) && session().status(stage) == StageStatus::kFailed) return &stage;
  }
  return nullptr;
}

// After a pause: optional questions before the last one answered were left out on purpose.
void Interview::put_off_what_was_left_out() {
  for (const auto& stage : session().protocol().stages) {
    std::vector<std::string> open;
    for (const auto& group : stage.groups) {
      for (const QuestionIndex index : group.questions) {
        const auto& question = session().protocol().questions[index];
        if (session().latest(question.name) != nullptr) put_off_.insert(open.begin(), open.end());
        const bool optional =
            session().status(question) == QuestionStatus::kOpen && !session().requires_answer(question);
        if (!question.is_derived() && optional) open.push_back(question.name);
      }
    }
    if (session().status(stage) == StageStatus::kPassed) put_off_.insert(open.begin(), open.end());
  }
}

// A gate waits until its stage's optional questions have been asked too.
std::set<std::string> Interview::stages_to_hold() const {
  std::set<std::string> held;
  const auto& protocol = session().protocol();
  for (const auto& question : protocol.questions) {
    const bool open = !question.is_derived() && session().status(question) == QuestionStatus::kOpen;
    if (open && !put_off_.contains(question.name)) held.insert(protocol.stages[question.stage].id);
  }
  return held;
}

std::optional<Value> Interview::proposal_for(const Question& question) const {
  for (const auto* proposals : {&question.defaults, &question.suggestions}) {
    for (const auto& proposal : *proposals) {
      if (!proposal.when || proposal.when->holds(session().environment())) return proposal.value;
    }
  }
  return std::nullopt;
}

// Values of the column that a ref<…> refers to.
std::vector<std::string> Interview::names_for(const protocol::AnswerType& type) const {
  std::vector<std::string> names;
  const auto* table = session().environment().find(type.ref_question);
  const auto* rows = table == nullptr ? nullptr : table->if_list();
  if (rows == nullptr) return names;
  for (const auto& row : *rows) {
    if (const auto* name = row[type.ref_column].if_string()) names.push_back(*name);
  }
  return names;
}

Status Interview::advance(const Question* answered) {
  const std::string name = answered == nullptr ? std::string() : answered->name;
  const auto derived_before = derived_texts();
  TRY_STATUS(reload());
  std::vector<Happening> happenings;
  // While no model answers, only what needs one tries it again: nobody waits for nothing.
  const bool is_pointless = run_error_ && answered != nullptr && !answered->rubric;
  if (!is_pointless) {
    if (answered != nullptr && answered->rubric) prompter_.busy("Assessing…");
    happenings = run_engine();
    TRY_STATUS(reload());
  }
  report_answer(happenings, find(name));
  show_derived(derived_before);
  report_stages(happenings);
  if (run_error_ && !is_pointless) {
    prompter_.item("✗", run_error_->message, Style::kBad);
    prompter_.say("What you entered is saved and will be assessed later.", Style::kPlain, 4);
  }
  return {};
}

std::vector<Interview::Happening> Interview::run_engine() {
  std::vector<Happening> happenings;
  session::RunPolicy policy;
  policy.held_stages = stages_to_hold();
  const auto done =
      desk_.run(std::move(policy), [&](const session::Session&, std::string_view event, const Value& body) {
        happenings.push_back({std::string(event), body});
        if (event == "work.retried") prompter_.busy("The model does not answer; trying again…");
      });
  run_error_ = done ? std::nullopt : std::optional(done.error());
  if (done) plan_ = done->plan;
  return happenings;
}

void Interview::report_answer(const std::vector<Happening>& happenings, const Question* answered) {
  if (answered != nullptr && !answered->rubric) {
    const std::string text = answer_text(session(), *answered);
    prompter_.item("✓", answered->type.record ? fmt::format("Saved, {}", text) : text, Style::kGood);
  }
  for (const auto& happening : happenings) {
    if (happening.event == "answer.assessed") report_assessed(happening, answered);
  }
}

void Interview::report_stages(const std::vector<Happening>& happenings) {
  std::string opened;
  for (const auto& happening : happenings) {
    const auto text = [&](std::string_view key) { return std::string(happening.body.string_or(key, "")); };
    const auto* stage = session().protocol().find_stage(text("stage"));
    if (happening.event == "stage.gated" && stage != nullptr) {
      put_off_gates_.erase(stage->id);
      const auto* passed = happening.body["passed"].if_bool();
      if (passed != nullptr && *passed) show_passed_gate(prompter_, session(), *stage);
    }
    if (happening.event == "checkpoint.created")
      prompter_.say(fmt::format("Checkpoint {} · {}", happening.body.int_or("seq", 0), text("hash").substr(0, 12)),
                    Style::kDim, 4);
    if (happening.event == "stage.opened" && stage != nullptr)
      opened += fmt::format("{}{} {}", opened.empty() ? "" : " and ", stage->id, stage->title);
    if (happening.event == "finding.raised")
      prompter_.item("!", fmt::format("Finding {} ({}): {}", text("check"), text("severity"), text("text")),
                     Style::kWarn);
  }
  if (!opened.empty()) prompter_.item("→", fmt::format("Now open: {}", opened), Style::kBold);
}

void Interview::report_assessed(const Happening& happening, const Question* answered) {
  const auto* question = find(std::string(happening.body.string_or("question", "")));
  if (question == nullptr) return;
  if (question == answered) {
    show_assessment(prompter_, session(), *question);
  } else if (const auto* judged = session().assessment(question->name)) {
    const std::string_view verdict = judged->verdict == session::Verdict::kAccepted   ? "accepted"
                                     : judged->verdict == session::Verdict::kRejected ? "a better answer is needed"
                                                                                      : "kept and flagged";
    prompter_.item("↻", fmt::format("{} was judged again: {} of 10, {}", question->name, judged->score, verdict));
  }
  if (question != answered || session().status(*question) != QuestionStatus::kRejected) return;
  target_ = question->name;
  just_rejected_ = question->name;
}

std::map<std::string, std::string> Interview::derived_texts() const {
  std::map<std::string, std::string> texts;
  for (const auto& question : session().protocol().questions) {
    const auto& stage = session().protocol().stages[question.stage];
    if (question.is_derived() && session().is_open(stage))
      texts.emplace(question.name, answer_text(session(), question));
  }
  return texts;
}

// What is computed otherwise than before, so that nobody is surprised by a rule that reads it.
void Interview::show_derived(const std::map<std::string, std::string>& before) {
  constexpr int kMost = 5;
  int shown = 0;
  for (const auto& [name, text] : derived_texts()) {
    const auto earlier = before.find(name);
    const bool same = earlier != before.end() && earlier->second == text;
    if (text.empty() || same || ++shown > kMost) continue;
    prompter_.item("=", fmt::format("{}: {}", find(name)->label, text), Style::kDim, 4);
  }
}

void Interview::greet() {
  const auto& protocol = session().protocol();
  prompter_.rule(fmt::format("{} · {}", loaded_.row.title, protocol.title));
  const auto answered =
      std::count_if(protocol.questions.begin(), protocol.questions.end(),
                    [&](const Question& question) { return session().latest(question.name) != nullptr; });
  if (answered == 0 && !protocol.summary.empty()) prompter_.say(protocol.summary);
  if (answered > 0) {
    prompter_.say(
        fmt::format("Welcome back. {} {} given so far.", answered, answered == 1 ? "answer is" : "answers are"));
    if (!put_off_.empty())
      prompter_.say(fmt::format("{} optional {} left out; /list shows them, /edit ID answers one.", put_off_.size(),
                                put_off_.size() == 1 ? "question was" : "questions were"),
                    Style::kDim);
  }
  prompter_.say(
      "Each answer is saved at once. ? explains a question; /back /list /edit ID /skip /status /why /quit work "
      "everywhere.",
      Style::kDim);
}

}  // namespace tollgate::cli
