#include "charter/answer_json.hpp"

#include "charter/value_text.hpp"

namespace tollgate::charter {
namespace {

using base::to_rfc3339;
using base::Value;

Value texts(const std::vector<std::string>& in) {
  return Value::List(in.begin(), in.end());
}

// Null for an answer judged by its type alone, and for one not assessed yet.
Value assessment_json(const Review& review, const AnswerLine& line) {
  if (line.assessment == nullptr) return {};
  const auto& judged = *line.assessment;
  const auto& d = judged.dimensions;
  const auto* rubric = review.protocol().rubric_of(*line.question);
  const bool sense = judges_sense(judged);
  return Value::Record{{"score", judged.score},
                       {"accept", rubric == nullptr ? Value() : Value(rubric->accept)},
                       {"dimensions", Value::Record{{"specificity", d.specificity},
                                                    {"measurability", d.measurability},
                                                    {"completeness", d.completeness},
                                                    {"coherence", sense ? Value(d.coherence) : Value()},
                                                    {"relevance", sense ? Value(d.relevance) : Value()}}},
                       {"verdict", session::name(judged.verdict)},
                       {"assessor", session::name(judged.assessor)},
                       {"model", judged.model},
                       {"issues", texts(judged.issues)},
                       {"follow_ups", texts(judged.follow_ups)},
                       {"prechecks", texts(judged.prechecks)},
                       {"at", to_rfc3339(judged.at)}};
}

// Revisions that another one has replaced, with the last score of each.
Value earlier_json(const Review& review, const AnswerLine& line) {
  Value::List earlier;
  for (const auto& answer : review.session.revisions(line.question->name)) {
    if (answer.revision == line.answer->revision) continue;
    Value score;
    for (const auto& assessment : review.session.assessments(answer.question)) {
      if (assessment.revision == answer.revision) score = assessment.score;
    }
    earlier.push_back(Value::Record{{"revision", answer.revision},
                                    {"value", answer.value},
                                    {"source", session::name(answer.source)},
                                    {"author", answer.author},
                                    {"at", to_rfc3339(answer.at)},
                                    {"score", std::move(score)}});
  }
  return earlier;
}

Value answer_json(const Review& review, const AnswerLine& line) {
  const auto& question = *line.question;
  return Value::Record{{"question", question.name},
                       {"stage", review.protocol().stages[question.stage].id},
                       {"label", question.label},
                       {"type", protocol::name(question.type.kind)},
                       {"value", line.answer->value},
                       {"text", value_text(question.type, question.value_type, line.answer->value)},
                       {"revision", line.answer->revision},
                       {"attempts", line.attempts},
                       {"source", session::name(line.answer->source)},
                       {"author", line.answer->author},
                       {"at", to_rfc3339(line.answer->at)},
                       {"status", session::name(line.status)},
                       {"assessment", assessment_json(review, line)},
                       {"earlier", earlier_json(review, line)}};
}

}  // namespace

Value answers_json(const Review& review) {
  Value::List list;
  for (const auto& line : review.answers) list.push_back(answer_json(review, line));
  return list;
}

Value computed_json(const Review& review) {
  Value::List list;
  for (const auto& line : review.computed) {
    const auto& question = *line.question;
    list.push_back(Value::Record{{"question", question.name},
                                 {"stage", review.protocol().stages[question.stage].id},
                                 {"label", question.label},
                                 {"value", *line.value},
                                 {"text", value_text(question.type, question.value_type, *line.value)}});
  }
  return list;
}

}  // namespace tollgate::charter
