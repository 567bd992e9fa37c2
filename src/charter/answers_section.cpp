#include "charter/answers_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "charter/value_block.hpp"
#include "charter/value_text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using protocol::Question;

constexpr std::size_t kEarlierAnswerBytes = 400;

// On one line: tables by their number of rows.
std::string short_value(const Question& question, const base::Value& value) {
  const auto* items = value.if_list();
  if (items != nullptr && !items->empty() && items->front().is_record()) return counted(items->size(), "row");
  std::string text = base::shortened(value_text(question.type, question.value_type, value), kShortAnswerBytes);
  std::ranges::replace(text, '\n', ' ');
  return text.empty() ? "none" : text;
}

Cell question_cell(const Question& question) {
  return {{{question.label, Style::kPlain, "#q-" + question.name}, {" "}, {question.name, Style::kCode}}};
}

std::vector<Cell> answer_row(const Review& review, const AnswerLine& line) {
  const Question& question = *line.question;
  const Tone tone = tone_of(line.status);
  Cell score;
  if (line.assessment != nullptr) {
    const auto* rubric = review.protocol().rubric_of(question);
    score = {plain(std::to_string(line.assessment->score)),
             rubric == nullptr ? Tone::kNeutral : tone_of_score(line.assessment->score, rubric->accept)};
  }
  Cell name = question_cell(question);
  name.tone = tone;
  return {std::move(name),
          {plain(short_value(question, line.answer->value))},
          {plain(std::string(words_for(line.answer->source)))},
          {plain(std::to_string(line.attempts))},
          std::move(score),
          {plain(verdict_of(line)), tone},
          {plain(assessor_of(line))}};
}

std::vector<Cell> computed_row(const ComputedLine& line) {
  return {question_cell(*line.question),
          {plain(short_value(*line.question, *line.value))},
          {plain("computed")},
          {},
          {},
          {},
          {}};
}

Table stage_table(const Review& review, std::size_t stage) {
  Table table{{},
              {{"Question", Align::kLeft, 8},
               {"Answer", Align::kLeft, 14},
               {"Source", Align::kLeft, 4},
               {"Attempts", Align::kRight, 4},
               {"Score", Align::kRight, 3},
               {"Verdict", Align::kLeft, 4},
               {"Assessed by", Align::kLeft, 5}},
              {}};
  for (const auto& line : review.answers) {
    if (line.question->stage == stage) table.rows.push_back(answer_row(review, line));
  }
  for (const auto& line : review.computed) {
    if (line.question->stage == stage) table.rows.push_back(computed_row(line));
  }
  return table;
}

bool needs_remark(const Review& review, const AnswerLine& line) {
  if (line.assessment == nullptr) return false;
  const auto* rubric = review.protocol().rubric_of(*line.question);
  return !line.assessment->issues.empty() || (rubric != nullptr && line.assessment->score < rubric->accept);
}

void add_remark(Document& document, const AnswerLine& line) {
  const auto& judged = *line.assessment;
  const auto& d = judged.dimensions;
  document.blocks.emplace_back(Heading{3, line.question->label});
  std::string text = fmt::format("{} of 10 by {}: specificity {}, measurability {}, completeness {}", judged.score,
                                 assessor_of(line), d.specificity, d.measurability, d.completeness);
  if (judges_sense(judged)) text += fmt::format(", coherence {}, relevance {}", d.coherence, d.relevance);
  document.blocks.emplace_back(Paragraph{plain(text + '.')});
  Bullets bullets;
  for (const auto& issue : judged.issues) bullets.items.push_back(plain(base::shortened(issue, kRemarkBytes)));
  for (const auto& asked : judged.follow_ups)
    bullets.items.push_back({{"Asked: "}, {base::shortened(asked, kRemarkBytes), Style::kEmphasis}});
  if (!bullets.items.empty()) document.blocks.emplace_back(std::move(bullets));
}

void add_whole(Document& document, const Review& review, const Question& question, const base::Value& value,
               const std::set<std::string>& printed) {
  if (printed.contains(question.name) || as_fact(question, value)) return;
  document.blocks.emplace_back(Heading{3, question.label, "q-" + question.name});
  for (auto& block : as_blocks(review.protocol(), question, value)) document.blocks.push_back(std::move(block));
}

// The last judgement of that revision; null when it was never judged.
const session::Assessment* judgement_of(const Review& review, const session::Answer& answer) {
  const session::Assessment* last = nullptr;
  for (const auto& assessment : review.session.assessments(answer.question)) {
    if (assessment.revision == answer.revision) last = &assessment;
  }
  return last;
}

std::vector<Cell> earlier_row(const Review& review, const AnswerLine& line, const session::Answer& answer) {
  const auto* judged = judgement_of(review, answer);
  return {question_cell(*line.question),
          {plain(base::to_rfc3339(answer.at).substr(0, 16))},
          {plain(std::string(words_for(answer.source)))},
          {plain(judged == nullptr ? std::string() : std::to_string(judged->score))},
          {plain(base::shortened(short_value(*line.question, answer.value), kEarlierAnswerBytes))}};
}

}  // namespace

void add_answers(Document& document, const Review& review, Appendices& appendices,
                 const std::set<std::string>& printed) {
  document.blocks.emplace_back(Heading{1, appendices.next("All answers"), "answers"});
  document.blocks.emplace_back(Paragraph{plain(assessed_by(review))});
  for (std::size_t stage = 0; stage < review.protocol().stages.size(); ++stage) {
    Table table = stage_table(review, stage);
    if (table.rows.empty()) continue;
    document.blocks.emplace_back(Heading{2, review.protocol().stages[stage].title});
    document.blocks.emplace_back(std::move(table));
    for (const auto& line : review.answers) {
      if (line.question->stage == stage) add_whole(document, review, *line.question, line.answer->value, printed);
    }
    for (const auto& line : review.computed) {
      if (line.question->stage == stage) add_whole(document, review, *line.question, *line.value, printed);
    }
  }
}

void add_earlier_answers(Document& document, const Review& review, Appendices& appendices) {
  Table table{{},
              {{"Question", Align::kLeft, 8},
               {"Answered", Align::kLeft, 5},
               {"Source", Align::kLeft, 4},
               {"Score", Align::kRight, 3},
               {"Answer that was replaced", Align::kLeft, 16}},
              {}};
  for (const auto& line : review.answers) {
    for (const auto& answer : review.session.revisions(line.question->name)) {
      if (answer.revision != line.answer->revision) table.rows.push_back(earlier_row(review, line, answer));
    }
  }
  if (table.rows.empty()) return;
  document.blocks.emplace_back(Heading{1, appendices.next("Earlier answers"), "earlier-answers"});
  document.blocks.emplace_back(std::move(table));
}

void add_remarks(Document& document, const Review& review, Appendices& appendices) {
  if (!std::ranges::any_of(review.answers, [&](const auto& line) { return needs_remark(review, line); })) return;
  document.blocks.emplace_back(Heading{1, appendices.next("Assessors' remarks"), "remarks"});
  for (const auto& line : review.answers) {
    if (needs_remark(review, line)) add_remark(document, line);
  }
}

}  // namespace tollgate::charter
