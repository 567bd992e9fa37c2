#include "session/session.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace tollgate::session {
namespace {

using protocol::Question;
using protocol::QuestionIndex;

protocol::SessionFacts facts_of(const SessionInfo& info) {
  return {info.title, base::Date(std::chrono::floor<std::chrono::days>(info.created_at)), info.options};
}

// Length-prefixed pieces, so that no two different inputs give the same bytes.
class Fingerprint {
 public:
  void add(std::string_view piece) { bytes_ += std::to_string(piece.size()) + ':' + std::string(piece); }
  void add(std::string_view name, const base::Value* value) {
    add(name);
    add(value == nullptr ? "-" : base::to_json(*value));
  }
  base::Sha256 hash() const { return base::Sha256::of(bytes_); }

 private:
  std::string bytes_;
};

std::string_view word(std::optional<bool> truth) {
  return !truth ? "undetermined" : *truth ? "true" : "false";
}

template <typename T>
void append(std::vector<T>& list, T fact) {
  // Facts arrive in order; one that is already there (a replay) changes nothing.
  if (!list.empty() && list.back().number >= fact.number) return;
  list.push_back(std::move(fact));
}

}  // namespace

Session::Session(std::shared_ptr<const protocol::Protocol> protocol, SessionInfo info)
    : protocol_(std::move(protocol)), info_(std::move(info)), facts_(facts_of(info_)) {}

void Session::changed() {
  environment_.reset();
}

void Session::apply(Answer answer) {
  auto& answers = questions_[answer.question].answers;
  if (!answers.empty() && answers.back().revision >= answer.revision) return;
  answers.push_back(std::move(answer));
  changed();
}

void Session::apply(Assessment assessment) {
  auto& assessments = questions_[assessment.question].assessments;
  append(assessments, std::move(assessment));
  changed();
}

void Session::apply(Waiver waiver) {
  auto& waivers = waivers_[waiver.rule];
  append(waivers, std::move(waiver));
}
void Session::apply(GateOutcome gate) {
  auto& outcomes = gates_[gate.stage];
  append(outcomes, std::move(gate));
}
void Session::apply(CheckOutcome check) {
  auto& outcomes = checks_[check.check];
  append(outcomes, std::move(check));
}
void Session::apply(Decision decision) {
  append(decisions_, std::move(decision));
}

const Session::QuestionState* Session::state(std::string_view question) const {
  const auto it = questions_.find(question);
  return it == questions_.end() ? nullptr : &it->second;
}

const std::vector<Answer>& Session::revisions(std::string_view question) const {
  static const std::vector<Answer> kNone;
  const auto* found = state(question);
  return found == nullptr ? kNone : found->answers;
}

const std::vector<Assessment>& Session::assessments(std::string_view question) const {
  static const std::vector<Assessment> kNone;
  const auto* found = state(question);
  return found == nullptr ? kNone : found->assessments;
}

const Answer* Session::latest(std::string_view question) const {
  const auto& answers = revisions(question);
  return answers.empty() ? nullptr : &answers.back();
}

const Assessment* Session::assessment(std::string_view question) const {
  const auto& all = assessments(question);
  return all.empty() ? nullptr : &all.back();
}

// Of the attempts since the question was last accepted, each by its newest judgement.
const Answer* Session::best_attempt(const QuestionState& found) const {
  std::map<std::int64_t, int> scores;  // by revision
  for (const auto& judged : found.assessments) {
    scores.insert_or_assign(judged.revision, judged.score);
    if (judged.verdict == Verdict::kAccepted) scores.clear();
  }
  const Answer* best = &found.answers.back();
  int best_score = -1;
  for (const auto& answer : found.answers) {
    const auto it = scores.find(answer.revision);
    // Later attempts win ties: they had the follow-up questions.
    if (it == scores.end() || it->second < best_score) continue;
    best = &answer;
    best_score = it->second;
  }
  return best;
}

bool Session::is_escalated(std::string_view question) const {
  const auto* found = state(question);
  return found != nullptr && !found->answers.empty() && !found->assessments.empty() &&
         found->assessments.back().verdict == Verdict::kEscalated &&
         found->assessments.back().revision == found->answers.back().revision;
}

const Answer* Session::in_force(std::string_view question) const {
  const auto* found = state(question);
  if (found == nullptr || found->answers.empty()) return nullptr;
  return is_escalated(question) ? best_attempt(*found) : &found->answers.back();
}

const Assessment* Session::assessment_in_force(std::string_view question) const {
  const Answer* answer = in_force(question);
  const auto& all = assessments(question);
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (answer != nullptr && it->revision == answer->revision) return &*it;
  }
  return nullptr;
}

std::vector<const Waiver*> Session::waivers(std::string_view stage) const {
  std::vector<const Waiver*> out;
  for (const auto& [rule, list] : waivers_) {
    if (!list.empty() && list.back().stage == stage) out.push_back(&list.back());
  }
  return out;
}

const Waiver* Session::waiver(std::string_view rule) const {
  const auto it = waivers_.find(rule);
  return it == waivers_.end() || it->second.empty() ? nullptr : &it->second.back();
}

const GateOutcome* Session::gate(std::string_view stage) const {
  const auto it = gates_.find(stage);
  return it == gates_.end() || it->second.empty() ? nullptr : &it->second.back();
}

std::int64_t Session::gate_count(std::string_view stage) const {
  const auto* last = gate(stage);
  return last == nullptr ? 0 : last->number;
}

const CheckOutcome* Session::check(std::string_view id) const {
  const auto it = checks_.find(id);
  return it == checks_.end() || it->second.empty() ? nullptr : &it->second.back();
}

std::int64_t Session::check_count(std::string_view id) const {
  const auto* last = check(id);
  return last == nullptr ? 0 : last->number;
}

const protocol::AnswerEnvironment& Session::environment() const {
  if (!environment_) {
    environment_ = std::make_unique<protocol::AnswerEnvironment>(
        *protocol_, facts_, [this](std::string_view question) -> const base::Value* {
          const Answer* answer = in_force(question);
          return answer == nullptr ? nullptr : &answer->value;
        });
  }
  return *environment_;
}

bool Session::requires_answer(const Question& question) const {
  return environment().requires_answer(question).value_or(false);
}

bool Session::needs_met(const Question& question) const {
  const auto& values = environment();
  return std::all_of(question.sources.begin(), question.sources.end(), [&](QuestionIndex index) {
    const Question& source = protocol_->questions[index];
    if (latest(source.name) != nullptr) return true;
    const auto required = values.requires_answer(source);
    return required.has_value() && !*required;
  });
}

bool Session::is_open(const protocol::Stage& stage) const {
  return std::all_of(stage.after.begin(), stage.after.end(), [&](std::size_t before) {
    const GateOutcome* outcome = gate(protocol_->stages[before].id);
    return outcome != nullptr && outcome->passed;
  });
}

QuestionStatus Session::status(const Question& question) const {
  const auto applies = environment().applies(question);
  if (applies == false) return QuestionStatus::kNotApplicable;
  const Answer* answer = latest(question.name);
  if (answer == nullptr) {
    const bool answerable = applies.has_value() && is_open(protocol_->stages[question.stage]) && needs_met(question);
    return answerable ? QuestionStatus::kOpen : QuestionStatus::kBlocked;
  }
  if (!question.rubric) return QuestionStatus::kAccepted;
  const Assessment* judged = assessment(question.name);
  if (judged == nullptr || judged->revision != answer->revision || judged->context != context_of(question))
    return QuestionStatus::kPending;
  switch (judged->verdict) {
    case Verdict::kAccepted: return QuestionStatus::kAccepted;
    case Verdict::kRejected: return QuestionStatus::kRejected;
    case Verdict::kEscalated: return QuestionStatus::kEscalated;
  }
  return QuestionStatus::kPending;
}

StageStatus Session::status(const protocol::Stage& stage) const {
  if (!is_open(stage)) return StageStatus::kBlocked;
  const GateOutcome* outcome = gate(stage.id);
  if (outcome == nullptr || !is_current(*outcome)) return StageStatus::kOpen;
  return outcome->passed ? StageStatus::kPassed : StageStatus::kFailed;
}

int Session::attempts_used(const Question& question) const {
  std::set<std::int64_t> revisions_judged;
  for (const auto& judged : assessments(question.name)) {
    if (judged.verdict == Verdict::kAccepted) {
      revisions_judged.clear();
    } else {
      revisions_judged.insert(judged.revision);
    }
  }
  return static_cast<int>(revisions_judged.size());
}

base::Sha256 Session::context_of(const Question& question) const {
  Fingerprint context;
  for (const QuestionIndex index : question.needs) {
    const Question& need = protocol_->questions[index];
    context.add(need.name, environment().find(need.name));
  }
  return context.hash();
}

base::Sha256 Session::inputs_of(const protocol::Stage& stage) const {
  Fingerprint inputs;
  const auto& values = environment();
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) {
      const Question& question = protocol_->questions[index];
      inputs.add(question.name, values.find(question.name));
      const Assessment* judged = assessment_in_force(question.name);
      inputs.add(judged == nullptr ? "-" : is_escalated(question.name) ? "escalated" : name(judged->verdict));
      // What other stages decide about it: whether it is asked and required, and what it is judged against.
      inputs.add(word(values.applies(question)));
      inputs.add(word(values.requires_answer(question)));
      if (question.rubric) inputs.add(context_of(question).view());
    }
  }
  for (const auto& rule : stage.gate.rules) {
    for (const auto& reference : rule.must.references()) inputs.add(reference, values.find(reference));
    const Waiver* waived = waiver(rule.id);
    // Without its number: a fork counts anew.
    inputs.add(waived == nullptr ? "-" : base::to_rfc3339(waived->at) + waived->author);
  }
  return inputs.hash();
}

base::Sha256 Session::inputs_of(const protocol::Check& check) const {
  Fingerprint inputs;
  for (const QuestionIndex index : check.reads) {
    const Question& question = protocol_->questions[index];
    inputs.add(question.name, environment().find(question.name));
  }
  return inputs.hash();
}

base::Sha256 Session::decision_inputs() const {
  Fingerprint inputs;
  inputs.add(info_.profile);
  inputs.add(base::to_json(findings()));
  for (const auto& stage : protocol_->stages) {
    const GateOutcome* outcome = gate(stage.id);
    inputs.add(outcome == nullptr ? "-" : outcome->inputs.to_hex());
  }
  return inputs.hash();
}

bool Session::is_current(const GateOutcome& outcome) const {
  const auto* stage = protocol_->find_stage(outcome.stage);
  return stage != nullptr && outcome.inputs == inputs_of(*stage);
}

bool Session::is_decided() const {
  if (decision() == nullptr || decision()->inputs != decision_inputs()) return false;
  const auto& stages = protocol_->stages;
  return std::all_of(stages.begin(), stages.end(),
                     [&](const auto& stage) { return status(stage) == StageStatus::kPassed; });
}

base::Value Session::findings() const {
  base::Value::List list;
  for (const auto& definition : protocol_->checks) {
    const CheckOutcome* outcome = check(definition.id);
    if (outcome == nullptr || outcome->status != CheckOutcomeStatus::kContradiction) continue;
    list.push_back(base::Value::Record{
        {"id", definition.id}, {"severity", protocol::name(definition.severity)}, {"text", outcome->text}});
  }
  return list;
}

std::string_view name(QuestionStatus status) {
  switch (status) {
    case QuestionStatus::kNotApplicable: return "not_applicable";
    case QuestionStatus::kBlocked: return "blocked";
    case QuestionStatus::kOpen: return "open";
    case QuestionStatus::kPending: return "pending";
    case QuestionStatus::kRejected: return "rejected";
    case QuestionStatus::kAccepted: return "accepted";
    case QuestionStatus::kEscalated: return "escalated";
  }
  return "open";
}

std::string_view name(StageStatus status) {
  switch (status) {
    case StageStatus::kBlocked: return "blocked";
    case StageStatus::kOpen: return "open";
    case StageStatus::kFailed: return "failed";
    case StageStatus::kPassed: return "passed";
  }
  return "blocked";
}

}  // namespace tollgate::session
