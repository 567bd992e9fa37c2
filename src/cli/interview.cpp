#include "cli/interview.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/interview_pages.hpp"
#include "cli/question_prompt.hpp"

namespace tollgate::cli {
namespace {

using base::Status;
using base::Value;
using protocol::Question;
using session::QuestionStatus;
using session::StageStatus;

bool can_be_answered(QuestionStatus status) {
  return status != QuestionStatus::kBlocked && status != QuestionStatus::kNotApplicable;
}

std::optional<std::size_t> number_in(std::string_view text, std::size_t count) {
  const auto number = base::Decimal::parse(base::trim(text));
  const auto value = number ? number->to_int64() : std::nullopt;
  if (!value || *value < 1 || *value > static_cast<std::int64_t>(count)) return std::nullopt;
  return static_cast<std::size_t>(*value - 1);
}

}  // namespace

Interview::Interview(InterviewDesk& desk, Prompter& prompter)
    : desk_(desk), prompter_(prompter), dialogue_(prompter, [this](Command command) { show_aside(command); }) {}

base::Result<InterviewEnd> Interview::run() {
  TRY_STATUS(reload());
  put_off_what_was_left_out();
  greet();
  TRY_STATUS(advance(nullptr));
  bool more = true;
  if (session().is_decided()) {
    TRY(more, follow(offer_edit_of_decided()));
  }
  while (more) {
    TRY(more, step());
  }
  return session().is_decided() ? InterviewEnd::kDecided : InterviewEnd::kLeft;
}

base::Result<bool> Interview::step() {
  if (const auto* wanted = find(std::exchange(target_, {})); wanted != nullptr) return follow(answer(*wanted));
  if (const auto* stage = closed_gate()) return follow(mend_gate(*stage));
  if (const auto* next = next_question()) return follow(answer(*next));
  if (const auto* later = take_up_what_was_put_off()) return follow(answer(*later));
  put_off_gates_.clear();
  if (const auto* stage = closed_gate()) return follow(mend_gate(*stage));
  if (session().is_decided()) return false;
  return follow(offer_stuck());
}

base::Result<bool> Interview::follow(const Entered<Status>& outcome) {
  if (outcome) {
    TRY_STATUS(*outcome);
    return true;
  }
  switch (outcome.error().command) {
    case Command::kQuit: return false;
    case Command::kBack: go_back(); break;
    case Command::kEdit: edit(outcome.error().argument); break;
    case Command::kSkip: skip(); break;
    case Command::kHelp:
    case Command::kCommands:
    case Command::kList:
    case Command::kStatus:
    case Command::kWhy: break;  // answered at the prompt
  }
  return true;
}

void Interview::go_back() {
  const Question* before = nullptr;
  for (const auto& question : session().protocol().questions) {
    if (question.name == current_) break;
    if (!question.is_derived() && can_be_answered(session().status(question))) before = &question;
  }
  if (before == nullptr) prompter_.say("This is the first question.");
  target_ = before == nullptr ? current_ : before->name;
}

void Interview::edit(const std::string& name_or_id) {
  target_ = current_;
  if (name_or_id.empty()) return prompter_.say("Write the question's id too: /edit S1.price. /list shows them.");
  const auto& protocol = session().protocol();
  const std::string lower = base::lower_ascii(name_or_id);
  const auto exact = protocol.resolve_question(name_or_id);
  const auto found = exact ? protocol.questions.begin() + static_cast<std::ptrdiff_t>(*exact)
                           : std::find_if(protocol.questions.begin(), protocol.questions.end(), [&](const Question& q) {
                               return base::lower_ascii(q.name) == lower || base::lower_ascii(q.id) == lower;
                             });
  if (found == protocol.questions.end()) {
    std::vector<std::string> names;
    for (const auto& question : protocol.questions) names.push_back(question.name);
    const auto near = base::nearest(name_or_id, names);
    return prompter_.say(fmt::format("There is no question '{}'. {} /list shows them all.",
                                     base::shortened(name_or_id, 60),
                                     near ? fmt::format("Did you mean {}?", *near) : ""));
  }
  if (found->is_derived()) return prompter_.say(found->name + " is computed from other answers.");
  if (!can_be_answered(session().status(*found)))
    return prompter_.say(found->name + " cannot be answered now: it does not apply, or its stage is not open yet.");
  target_ = found->name;
}

void Interview::skip() {
  if (current_.empty()) {
    put_off_gates_.insert(current_stage_);
    return;
  }
  const auto* question = find(current_);
  put_off_.insert(current_);
  prompter_.say(is_waiting(*question) ? "Put off. It comes again before the end." : "Left out.", Style::kDim);
}

Entered<std::optional<Value>> Interview::ask_for(const Question& question) {
  const auto* earlier = session().latest(question.name);
  const auto proposal = earlier == nullptr ? proposal_for(question) : std::nullopt;
  const QuestionSetting setting{.earlier = earlier == nullptr ? nullptr : &earlier->value,
                                .proposal = proposal ? &*proposal : nullptr,
                                .required = session().requires_answer(question),
                                .rejected = session().status(question) == QuestionStatus::kRejected,
                                .names = [this](const protocol::AnswerType& type) { return names_for(type); },
                                .attach = [this](const std::string& path) { return desk_.attach(path); }};
  TRY(auto value, ask_answer(dialogue_, question, setting));
  if (value || earlier == nullptr || session().status(question) != QuestionStatus::kRejected) return value;
  // Enter after a rejection: the person may have nothing better to say.
  TRY(const auto again,
      dialogue_.choose("  Hand in the same answer again, as one more attempt? [y/N] ", Dialogue::Choice::kNo));
  return again == Dialogue::Choice::kYes ? std::optional(earlier->value) : std::nullopt;
}

Entered<Status> Interview::answer(const Question& question) {
  current_ = question.name;
  current_stage_ = session().protocol().stages[question.stage].id;
  introduce(question);
  dialogue_.set_topic(question.ask);
  for (;;) {
    TRY(auto value, ask_for(question));
    const auto* earlier = session().latest(question.name);
    const auto status = session().status(question);
    if (!value && earlier == nullptr) {
      put_off_.insert(question.name);
      // It may have been the last thing that its gate waited for.
      return advance(nullptr);
    }
    if (!value && status == QuestionStatus::kRejected) continue;
    if (!value || (earlier != nullptr && *value == earlier->value && status != QuestionStatus::kRejected)) {
      prompter_.say("Unchanged.", Style::kDim);
      return Status{};
    }
    if (const auto saved = desk_.submit(question.name, *std::move(value)); !saved) {
      prompter_.item("✗", "Not saved: " + saved.error().message, Style::kBad);
      continue;
    }
    put_off_.erase(question.name);
    return advance(&question);
  }
}

Entered<Status> Interview::mend_gate(const protocol::Stage& stage) {
  current_.clear();
  current_stage_ = stage.id;
  shown_stage_.clear();
  show_closed_gate(prompter_, session(), stage);
  std::vector<const Question*> questions;
  std::vector<const protocol::GateRule*> waivable;
  for (const auto& outcome : session().gate(stage.id)->rules) {
    if (outcome.status != session::GateRuleStatus::kFailed && outcome.status != session::GateRuleStatus::kUndetermined)
      continue;
    for (const auto* question : questions_read(session(), stage, outcome.rule)) {
      const bool known = std::find(questions.begin(), questions.end(), question) != questions.end();
      if (!known && can_be_answered(session().status(*question))) questions.push_back(question);
    }
    for (const auto& rule : stage.gate.rules) {
      if (rule.id == outcome.rule && rule.waiver) waivable.push_back(&rule);
    }
  }
  const bool can_go_on = next_question() != nullptr;
  prompter_.gap();
  std::size_t number = 0;
  for (const auto* question : questions)
    prompter_.pair(fmt::format("{:>2}", ++number), fmt::format("change {} ({})", question->name, question->label), 2,
                   Style::kAccent);
  for (const auto* rule : waivable)
    prompter_.pair(fmt::format("{:>2}", ++number), fmt::format("waive {}, as a {}", rule->id, rule->waiver->role), 2,
                   Style::kAccent);
  const std::string hint = fmt::format("Write a number{}; /edit ID changes any answer, /quit stops here",
                                       can_go_on ? ", or Enter to go on with other questions first" : "");
  prompter_.say(hint, Style::kDim);
  dialogue_.set_topic(hint);
  for (;;) {
    TRY(const auto typed, dialogue_.line("> "));
    if (base::trim(typed).empty() && can_go_on) {
      put_off_gates_.insert(stage.id);
      return Status{};
    }
    const auto index = number_in(typed, number);
    if (index && *index < questions.size()) {
      target_ = questions[*index]->name;
      return Status{};
    }
    if (index) return waive_rule(stage, *waivable[*index - questions.size()]);
    prompter_.say(hint);
  }
}

Entered<std::string> Interview::ask_needed(std::string_view prompt) {
  for (;;) {
    TRY(const auto typed, dialogue_.text(prompt));
    if (!base::trim(typed).empty()) return std::string(base::trim(typed));
    prompter_.say("This is needed for a waiver. /back returns to the gate.");
  }
}

Entered<Status> Interview::waive_rule(const protocol::Stage& stage, const protocol::GateRule& rule) {
  const auto& needs = rule.waiver->needs;
  prompter_.say(
      fmt::format("A waiver lets the stage pass although {} does not hold. It stands in the charter.", rule.id));
  dialogue_.set_topic("Waiver of " + rule.id);
  session::BriefWaiver waiver{
      .stage = stage.id, .rule = rule.id, .role = rule.waiver->role, .author = {}, .reason = {}};
  TRY(waiver.author, ask_needed(fmt::format("  Your name, as {}: ", rule.waiver->role)));
  TRY(waiver.reason, ask_needed("  Reason: "));
  while (std::find(needs.begin(), needs.end(), "due") != needs.end() && !waiver.due) {
    TRY(const auto due, ask_needed("  Until when is the cause removed? (2027-01-31) "));
    waiver.due = base::Date::parse(due);
    if (!waiver.due) prompter_.say("Write a date such as 2027-01-31.");
  }
  if (const auto waived = desk_.waive(std::move(waiver)); !waived) {
    prompter_.item("✗", "Not waived: " + waived.error().message, Style::kBad);
    return Status{};
  }
  return advance(nullptr);
}

Entered<Status> Interview::try_again() {
  prompter_.say("Enter tries again; /edit ID changes an answer, /quit stops here", Style::kDim);
  TRY(const auto typed, dialogue_.line("> "));
  (void)typed;
  return advance(nullptr);
}

Entered<Status> Interview::offer_stuck() {
  current_.clear();
  dialogue_.set_topic("");
  prompter_.gap();
  if (run_error_) {
    prompter_.say("What is left waits for an assessment; all answers are saved.");
    return try_again();
  }
  if (!plan_.undecided.empty()) prompter_.item("!", plan_.undecided, Style::kWarn);
  std::vector<const Question*> open;
  for (const auto& waiting : plan_.open) {
    const auto* question = find(waiting.question);
    if (question != nullptr && !question->is_derived() && can_be_answered(session().status(*question)))
      open.push_back(question);
  }
  if (open.empty()) return try_again();
  for (std::size_t i = 0; i < open.size(); ++i)
    prompter_.pair(fmt::format("{:>2}", i + 1), fmt::format("answer {} ({})", open[i]->name, open[i]->label), 2,
                   Style::kAccent);
  prompter_.say("Write a number; /edit ID changes any answer, /quit stops here", Style::kDim);
  TRY(const auto typed, dialogue_.line("> "));
  if (const auto index = number_in(typed, open.size())) target_ = open[*index]->name;
  return Status{};
}

Entered<Status> Interview::offer_edit_of_decided() {
  show_decision(prompter_, session());
  prompter_.gap();
  prompter_.say("/edit ID changes an answer and decides anew, /list shows the ids; Enter ends", Style::kDim);
  TRY(const auto typed, dialogue_.line("> "));
  (void)typed;
  return Status{};
}

void Interview::introduce(const Question& question) {
  const auto& stage = session().protocol().stages[question.stage];
  const auto status = session().status(question);
  const auto* earlier = session().latest(question.name);
  if (std::exchange(shown_stage_, stage.id) != stage.id) prompter_.rule(fmt::format("{} {}", stage.id, stage.title));
  if (introduced_.insert(stage.id).second && !stage.summary.empty()) prompter_.say(stage.summary, Style::kDim);
  if (std::exchange(just_rejected_, {}) != question.name) {
    show_question(prompter_, session(), question);
    if (earlier != nullptr) show_earlier(prompter_, question, earlier->value);
    if (status == QuestionStatus::kRejected) show_assessment(prompter_, session(), question);
  }
  if (status == QuestionStatus::kRejected) {
    for (const auto& follow_up : session().assessment(question.name)->follow_ups)
      prompter_.item("→", follow_up, Style::kBold);
    prompter_.say(fmt::format("Attempt {} of {}", session().attempts_used(question) + 1,
                              session().protocol().rubric_of(question)->attempts),
                  Style::kDim);
    return;
  }
  const auto resting = earlier == nullptr ? std::vector<const Question*>{} : answers_resting_on(session(), question);
  if (!resting.empty())
    prompter_.item("!", "A change makes these stale, to be judged again: " + id_list(resting), Style::kWarn);
}

void Interview::show_aside(Command command) {
  const auto* question = find(current_);
  const auto* stage = session().protocol().find_stage(current_stage_);
  if (command == Command::kList) show_list(prompter_, session());
  if (command == Command::kStatus) show_status(prompter_, session());
  if (command == Command::kWhy && stage != nullptr) show_rules(prompter_, session(), *stage);
  const bool about_question = command == Command::kHelp && question != nullptr;
  if (about_question) show_help(prompter_, session(), *question);
  if (command == Command::kCommands || (command == Command::kHelp && !about_question))
    prompter_.say(command_overview());
}

}  // namespace tollgate::cli
