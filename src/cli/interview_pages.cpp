#include "cli/interview_pages.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/terminal_text.hpp"
#include "session/progress.hpp"

namespace tollgate::cli {
namespace {

using protocol::Question;
using protocol::QuestionIndex;
using session::GateRuleStatus;
using session::QuestionStatus;
using session::Session;
using session::StageStatus;

struct Mark {
  std::string_view sign;
  std::string_view word;
  Style style;
};

Mark mark_of(QuestionStatus status) {
  switch (status) {
    case QuestionStatus::kNotApplicable: return {"-", "does not apply", Style::kDim};
    case QuestionStatus::kBlocked: return {" ", "later", Style::kDim};
    case QuestionStatus::kOpen: return {"○", "open", Style::kPlain};
    case QuestionStatus::kPending: return {"…", "to be assessed", Style::kWarn};
    case QuestionStatus::kRejected: return {"✗", "needs a better answer", Style::kBad};
    case QuestionStatus::kAccepted: return {"✓", "", Style::kGood};
    case QuestionStatus::kEscalated: return {"!", "kept and flagged", Style::kWarn};
  }
  return {" ", "", Style::kPlain};
}

Mark mark_of(StageStatus status) {
  switch (status) {
    case StageStatus::kBlocked: return {" ", "not open yet", Style::kDim};
    case StageStatus::kOpen: return {"○", "open", Style::kPlain};
    case StageStatus::kFailed: return {"✗", "gate closed", Style::kBad};
    case StageStatus::kPassed: return {"✓", "passed", Style::kGood};
  }
  return {" ", "", Style::kPlain};
}

int percent_settled(const Session& session) {
  std::size_t asked = 0;
  std::size_t settled = 0;
  for (const auto& stage : session::progress_of(session)) {
    asked += stage.asked;
    settled += stage.settled;
  }
  return asked == 0 ? 0 : static_cast<int>(100 * settled / asked);
}

// Which of the stage's questions this is, of those that apply.
std::string position_of(const Session& session, const Question& question) {
  std::size_t all = 0;
  std::size_t place = 0;
  for (const auto& group : session.protocol().stages[question.stage].groups) {
    for (const QuestionIndex index : group.questions) {
      const auto& other = session.protocol().questions[index];
      if (other.is_derived() || session.status(other) == QuestionStatus::kNotApplicable) continue;
      ++all;
      if (other.name == question.name) place = all;
    }
  }
  return fmt::format("{} of {}", place, all);
}

void show_example(Prompter& prompter, std::string_view sign, std::string_view word, Style style,
                  const Question& question, const base::Value& example) {
  if (example.is_null()) return;
  if (const auto* rows = example.if_list(); rows != nullptr && question.type.record) {
    prompter.item(sign, fmt::format("{}:", word), style);
    show_rows(prompter, *question.type.record, *rows);
    return;
  }
  prompter.item(sign, fmt::format("{}: {}", word, shown_value(slot_of(question), example)), style);
}

void show_columns(Prompter& prompter, const protocol::RecordDefinition& record) {
  std::size_t width = 0;
  for (const auto& field : record.fields) width = std::max(width, display_width(printable(field.label)) + 1);
  for (const auto& field : record.fields) {
    if (field.derived) continue;
    std::string text = how_to_write(slot_of(record, field, {}));
    if (!field.help.empty()) text += ". " + field.help;
    prompter.pair(field.label + (field.required ? "*" : ""), text, std::min<std::size_t>(width, 24), Style::kBold);
  }
}

void show_choice_help(Prompter& prompter, const Question& question) {
  for (const auto& choice : slot_of(question).choices) {
    if (!choice.help.empty()) prompter.item("·", fmt::format("{}: {}", choice.label, choice.help));
  }
}

// Earlier answers that this question builds on: nobody has to remember them.
void show_needs(Prompter& prompter, const Session& session, const Question& question) {
  for (const QuestionIndex index : question.sources) {
    const auto& source = session.protocol().questions[index];
    const auto text = answer_text(session, source);
    if (!text.empty())
      prompter.item("·", fmt::format("You said for {}: {}", source.label, clipped(printable(text), 200)), Style::kDim);
  }
}

bool is_open_rule(GateRuleStatus status) {
  return status == GateRuleStatus::kFailed || status == GateRuleStatus::kUndetermined;
}

std::string dimensions_text(const session::Assessment& judged) {
  const auto& rated = judged.dimensions;
  std::string text = fmt::format("specific {} · measurable {} · complete {}", rated.specificity, rated.measurability,
                                 rated.completeness);
  if (session::judges_sense(judged))
    text += fmt::format(" · coherent {} · relevant {}", rated.coherence, rated.relevance);
  return text;
}

void show_list_line(Prompter& prompter, const Session& session, const Question& question, std::size_t width) {
  const auto status = question.is_derived() ? QuestionStatus::kAccepted : session.status(question);
  Mark mark = mark_of(status);
  if (question.is_derived()) mark.sign = "=";
  std::string text = clipped(printable(answer_text(session, question)), 60);
  if (question.is_derived() && text.empty()) return;
  if (!mark.word.empty()) text += fmt::format("{}({})", text.empty() ? "" : " ", mark.word);
  prompter.item(mark.sign, fmt::format("{}  {}", padded(question.name, width), text), mark.style);
}

}  // namespace

std::string answer_text(const Session& session, const Question& question) {
  if (question.is_derived()) {
    const auto* value = session.environment().find(question.name);
    return value == nullptr ? std::string() : protocol::to_display(*value, question.value_type);
  }
  const auto* answer = session.in_force(question.name);
  return answer == nullptr ? std::string() : shown_value(slot_of(question), answer->value);
}

std::string id_list(const std::vector<const Question*>& questions) {
  std::vector<std::string> names;
  for (const auto* question : questions) names.push_back(question->name);
  return base::join(names, ", ");
}

std::vector<const Question*> answers_resting_on(const Session& session, const Question& question) {
  const auto& all = session.protocol().questions;
  std::set<std::string> reached{question.name};
  std::vector<const Question*> out;
  // Until nothing is added: a question may come before one that it needs.
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& other : all) {
      const bool reads = std::any_of(other.needs.begin(), other.needs.end(),
                                     [&](QuestionIndex need) { return reached.contains(all[need].name); });
      if (reads && reached.insert(other.name).second) grows = true;
    }
  }
  for (const auto& other : all) {
    const bool answered = !other.is_derived() && session.latest(other.name) != nullptr;
    if (answered && other.name != question.name && reached.contains(other.name)) out.push_back(&other);
  }
  return out;
}

std::vector<const Question*> questions_read(const Session& session, const protocol::Stage& stage,
                                            const std::string& rule_id) {
  const auto& protocol = session.protocol();
  std::set<QuestionIndex> read;
  const auto add = [&](const Question& question) {
    if (!question.is_derived()) read.insert(static_cast<QuestionIndex>(&question - protocol.questions.data()));
    if (question.is_derived()) read.insert(question.sources.begin(), question.sources.end());
  };
  for (const auto& rule : stage.gate.rules) {
    if (rule.id != rule_id) continue;
    for (const auto& reference : rule.must.references()) {
      if (const auto* question = protocol.find_question(reference)) add(*question);
    }
  }
  // Dangling names in a column: "ref.links.kpi" reads the table `links`.
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) {
      if (rule_id.starts_with(fmt::format("ref.{}.", protocol.questions[index].id))) add(protocol.questions[index]);
    }
  }
  std::vector<const Question*> out;
  for (const QuestionIndex index : read) out.push_back(&protocol.questions[index]);
  return out;
}

void show_question(Prompter& prompter, const Session& session, const Question& question) {
  const auto& stage = session.protocol().stages[question.stage];
  prompter.gap();
  prompter.say(fmt::format("{} {} · {} · {} · {} % overall", stage.id, stage.title, stage.groups[question.group].title,
                           position_of(session, question), percent_settled(session)),
               Style::kDim);
  prompter.say(question.ask, Style::kBold);
}

void show_help(Prompter& prompter, const Session& session, const Question& question) {
  prompter.gap();
  if (!question.help.empty()) prompter.say(question.help);
  if (!question.assign.empty()) prompter.say("Best answered by: " + question.assign, Style::kDim);
  show_choice_help(prompter, question);
  if (question.type.record) show_columns(prompter, *question.type.record);
  show_example(prompter, "✓", "good", Style::kGood, question, question.examples.good);
  show_example(prompter, "✗", "weak", Style::kBad, question, question.examples.weak);
  show_needs(prompter, session, question);
  prompter.gap();
  prompter.say("Commands: /back /list /edit ID /skip /status /why /quit; /help explains them", Style::kDim);
}

void show_earlier(Prompter& prompter, const Question& question, const base::Value& value) {
  const auto* rows = value.if_list();
  if (rows != nullptr && question.type.record) return;  // the table prompt shows them
  prompter.item("Now:", shown_value(slot_of(question), value));
}

void show_list(Prompter& prompter, const Session& session) {
  std::size_t width = 0;
  for (const auto& question : session.protocol().questions) width = std::max(width, question.name.size());
  for (const auto& stage : session.protocol().stages) {
    prompter.gap();
    const Mark mark = mark_of(session.status(stage));
    prompter.say(fmt::format("{} {} ({})", stage.id, stage.title, mark.word), Style::kBold);
    if (!session.is_open(stage)) continue;
    for (const auto& group : stage.groups) {
      for (const QuestionIndex index : group.questions)
        show_list_line(prompter, session, session.protocol().questions[index], std::min<std::size_t>(width, 32));
    }
  }
}

void show_status(Prompter& prompter, const Session& session) {
  prompter.gap();
  for (const auto& stage : session::progress_of(session)) {
    constexpr std::size_t kBar = 16;
    const std::size_t filled = stage.asked == 0 ? 0 : kBar * stage.settled / stage.asked;
    std::string bar;
    for (std::size_t i = 0; i < kBar; ++i) bar += i < filled ? "█" : "░";
    const Mark mark = mark_of(stage.status);
    prompter.item(mark.sign,
                  fmt::format("{} {} {:>3} of {:<3} {}", padded(stage.stage + " " + printable(stage.title), 28), bar,
                              stage.settled, stage.asked, mark.word),
                  mark.style);
  }
  prompter.say(fmt::format("{} % overall", percent_settled(session)), Style::kDim);
}

void show_rules(Prompter& prompter, const Session& session, const protocol::Stage& stage) {
  prompter.gap();
  prompter.say(fmt::format("The gate of {} {} asks for every needed answer, and:", stage.id, stage.title));
  if (stage.gate.rules.empty()) prompter.say("nothing else.", Style::kDim);
  for (const auto& rule : stage.gate.rules) {
    const bool holds = rule.must.holds(session.environment());
    std::string text = fmt::format("{}: {}", rule.id, rule.must.text());
    if (rule.level == protocol::RuleLevel::kWarn) text += " (a warning only)";
    if (rule.waiver) text += fmt::format(" (a {} may waive it)", rule.waiver->role);
    prompter.item(holds ? "✓" : "○", text, holds ? Style::kGood : Style::kPlain);
    if (!holds && !rule.fix.empty()) prompter.item("→", rule.fix, Style::kDim, 4);
  }
}

void show_assessment(Prompter& prompter, const Session& session, const Question& question) {
  const auto* judged = session.assessment(question.name);
  if (judged == nullptr) return;
  const int accept = session.protocol().rubric_of(question)->accept;
  switch (judged->verdict) {
    case session::Verdict::kAccepted:
      prompter.item("✓", fmt::format("Accepted, {} of 10", judged->score), Style::kGood);
      break;
    case session::Verdict::kRejected:
      prompter.item("✗", fmt::format("{} of 10, {} are needed", judged->score, accept), Style::kBad);
      break;
    case session::Verdict::kEscalated:
      prompter.item("!",
                    fmt::format("{} of 10, {} are needed. Your best attempt is kept and flagged for the reviewers.",
                                judged->score, accept),
                    Style::kWarn);
      break;
  }
  prompter.say(dimensions_text(*judged), Style::kDim, 4);
  for (const auto& issue : judged->issues) prompter.item("-", issue, Style::kPlain, 4);
}

void show_closed_gate(Prompter& prompter, const Session& session, const protocol::Stage& stage) {
  prompter.rule(fmt::format("Gate {} is closed", stage.id));
  const auto& gate = *session.gate(stage.id);
  for (const auto& name : gate.missing) prompter.item("✗", name + " is not answered", Style::kBad);
  for (const auto& rule : gate.rules) {
    if (!is_open_rule(rule.status)) continue;
    prompter.item("✗", fmt::format("{}: {}", rule.rule, rule.text), Style::kBad);
    if (!rule.fix.empty()) prompter.item("→", rule.fix, Style::kPlain, 4);
  }
}

void show_passed_gate(Prompter& prompter, const Session& session, const protocol::Stage& stage) {
  prompter.gap();
  prompter.item("✓", fmt::format("Stage {} {} passed its gate.", stage.id, stage.title), Style::kGood);
  for (const auto& rule : session.gate(stage.id)->rules) {
    if (rule.status == GateRuleStatus::kWarned)
      prompter.item("!", fmt::format("{}: {}", rule.rule, rule.text), Style::kWarn, 4);
    if (rule.status == GateRuleStatus::kWaived)
      prompter.item("!", fmt::format("{} is waived: {}", rule.rule, session.waiver(rule.rule)->reason), Style::kWarn,
                    4);
  }
}

void show_decision(Prompter& prompter, const Session& session) {
  const auto& result = session.decision()->result;
  prompter.rule("Decision");
  prompter.say(session.protocol().decisions.labels.at(result.outcome), Style::kBold);
  for (const auto& fired : result.fired) {
    prompter.item(fired.id == result.rule ? "→" : "·", fmt::format("{}: {}", fired.id, fired.text),
                  fired.id == result.rule ? Style::kPlain : Style::kDim);
  }
  const auto list = [&](std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    prompter.gap();
    prompter.say(title, Style::kBold);
    for (const auto& line : lines) prompter.item("-", line);
  };
  list("What must be done", result.duties);
  list("What would change it", result.lift);
  std::vector<std::string> findings;
  const auto found = session.findings();
  for (const auto& finding : *found.if_list())
    findings.push_back(fmt::format("{} ({}): {}", finding.string_or("id", ""), finding.string_or("severity", ""),
                                   finding.string_or("text", "")));
  list("Findings across the stages", findings);
}

}  // namespace tollgate::cli
