#include "session/planner.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "protocol/precheck.hpp"
#include "session/gatekeeper.hpp"

namespace tollgate::session {
namespace {

using protocol::Question;
using protocol::QuestionIndex;

class Planner {
 public:
  Planner(const Session& session, const RunPolicy& policy, const Brief& brief, const std::set<std::string>& busy)
      : session_(session), protocol_(session.protocol()), policy_(policy), brief_(brief), busy_(busy) {}

  Plan make() {
    if (session_.is_decided()) {
      plan_.decided = true;
      return std::move(plan_);
    }
    if (policy_.mode == RunMode::kBatch) plan_supplies();
    // Inputs first: they cost nothing, and a group is then assessed whole.
    if (!plan_.answers.empty() || !plan_.waivers.empty()) return std::move(plan_);
    for (const auto& stage : protocol_.stages) {
      for (const auto& group : stage.groups) plan_group(group);
      plan_remainders();
      plan_gate(stage);
    }
    if (!recall_.questions.empty()) plan_.work.emplace_back(std::move(recall_));
    plan_checks();
    plan_decision();
    if (plan_.work.empty() && busy_.empty()) report_open();
    return std::move(plan_);
  }

 private:
  bool is_busy(const std::string& name) const { return busy_.contains(name); }

  // The brief's values given so far, and whether there is another one.
  const base::Value* next_supply(const Question& question) const {
    const auto it = brief_.answers.find(question.name);
    if (it == brief_.answers.end()) return nullptr;
    const auto used = static_cast<std::size_t>(given(question, AnswerSource::kBrief));
    return used < it->second.size() ? &it->second[used] : nullptr;
  }
  std::int64_t given(const Question& question, AnswerSource source) const {
    const auto& answers = session_.revisions(question.name);
    return std::count_if(answers.begin(), answers.end(), [&](const Answer& answer) { return answer.source == source; });
  }
  void supply(const Question& question, const base::Value& value, AnswerSource source) {
    const bool planned = std::any_of(plan_.answers.begin(), plan_.answers.end(),
                                     [&](const SubmitAnswer& other) { return other.question == question.name; });
    if (planned || is_busy(question.name)) return;
    plan_.answers.push_back({question.name, value, source,
                             fmt::format("{}:{}:{}", name(source), question.name, given(question, source) + 1)});
  }

  void plan_supplies() {
    for (const auto& question : protocol_.questions) {
      if (question.is_derived()) continue;
      const auto status = session_.status(question);
      if (status == QuestionStatus::kOpen) {
        if (const auto* value = next_supply(question)) {
          supply(question, *value, AnswerSource::kBrief);
        } else if (const auto* fallback = default_of(question)) {
          supply(question, *fallback, AnswerSource::kDefault);
        }
      } else if (status == QuestionStatus::kRejected) {
        if (const auto* value = next_supply(question)) supply(question, *value, AnswerSource::kBrief);
      }
    }
    for (const auto& stage : protocol_.stages) {
      if (session_.status(stage) == StageStatus::kFailed) plan_repairs(stage);
    }
  }

  const base::Value* default_of(const Question& question) const {
    for (const auto& proposal : question.defaults) {
      if (!proposal.when || proposal.when->holds(session_.environment())) return &proposal.value;
    }
    return nullptr;
  }

  // A closed gate in a batch run: later values of the answers its failed rules read, then the brief's waivers.
  void plan_repairs(const protocol::Stage& stage) {
    for (const auto& outcome : session_.gate(stage.id)->rules) {
      if (outcome.status != GateRuleStatus::kFailed && outcome.status != GateRuleStatus::kUndetermined) continue;
      const std::size_t before = plan_.answers.size();
      for (const Question* question : questions_read(stage, outcome.rule)) {
        if (const auto* value = next_supply(*question)) supply(*question, *value, AnswerSource::kBrief);
      }
      if (plan_.answers.size() == before) plan_waiver(outcome.rule);
    }
  }
  void plan_waiver(const std::string& rule) {
    if (session_.waiver(rule) != nullptr) return;
    for (const auto& waiver : brief_.waivers) {
      if (waiver.rule == rule) plan_.waivers.push_back({waiver, "brief:waiver:" + rule});
    }
  }
  std::vector<const Question*> questions_read(const protocol::Stage& stage, const std::string& rule_id) const {
    std::vector<const Question*> out;
    for (const auto& rule : stage.gate.rules) {
      if (rule.id != rule_id) continue;
      for (const auto& reference : rule.must.references()) {
        const Question* question = protocol_.find_question(reference);
        if (question == nullptr) continue;
        if (!question->is_derived()) out.push_back(question);
        for (const QuestionIndex source : question->sources) {
          if (question->is_derived()) out.push_back(&protocol_.questions[source]);
        }
      }
    }
    // "ref.links" or "ref.links.kpi": the answer that refers, and the table it refers to.
    for (const auto& question : protocol_.questions) {
      const std::string ref = "ref." + question.id;
      if (protocol_.stages[question.stage].id != stage.id || (rule_id != ref && !rule_id.starts_with(ref + '.')))
        continue;
      out.push_back(&question);
      for (const QuestionIndex source : question.sources) out.push_back(&protocol_.questions[source]);
    }
    return out;
  }

  void plan_group(const protocol::Group& group) {
    AssessAnswers assess;
    DraftAnswers draft;
    for (const QuestionIndex index : group.questions) {
      const Question& question = protocol_.questions[index];
      if (question.is_derived() || is_busy(question.name)) continue;
      const auto status = session_.status(question);
      const bool waits = status == QuestionStatus::kPending && session_.needs_met(question);
      if (waits && !builds_on_sand(question)) assess.questions.push_back(question.name);
      if (can_draft(question, status)) draft.questions.push_back(question.name);
    }
    if (policy_.mode == RunMode::kInteractive) plan_alone(assess);
    if (!assess.questions.empty()) plan_assessment(group, std::move(assess));
    if (!draft.questions.empty()) plan_.work.emplace_back(std::move(draft));
  }

  // What a person has just said is judged alone, and taken out; not what is judged again because an answer that it
  // builds on has changed.
  void plan_alone(AssessAnswers& assess) {
    std::erase_if(assess.questions, [this](const std::string& name) {
      const auto* judged = session_.assessment(name);
      const bool is_new = judged == nullptr || judged->revision != session_.latest(name)->revision;
      if (is_new) plan_.work.emplace_back(AssessAnswers{{name}});
      return is_new;
    });
  }

  // First what was judged before is recalled, which takes no time to speak of; then the rest is asked about.
  void plan_assessment(const protocol::Group& group, AssessAnswers assess) {
    if (recall(assess.questions)) return;
    const bool is_remainder = std::any_of(group.questions.begin(), group.questions.end(), [&](QuestionIndex index) {
      return session_.assessment(protocol_.questions[index].name) != nullptr;
    });
    if (!is_remainder) return void(plan_.work.emplace_back(std::move(assess)));
    for (auto& name : assess.questions) {
      const auto* rubric = protocol_.rubric_of(*protocol_.find_question(name));
      remainders_[rubric == nullptr ? "" : rubric->tier].questions.push_back(std::move(name));
    }
  }

  // False when all have been looked up.
  bool recall(const std::vector<std::string>& questions) {
    if (!policy_.can_recall) return false;
    bool is_new = false;
    for (const auto& name : questions) {
      const auto& question = *protocol_.find_question(name);
      auto id = fmt::format("{} {} {}", name, session_.latest(name)->revision, session_.context_of(question).to_hex());
      if (policy_.recalled.contains(id)) continue;
      recall_.questions.push_back(name);
      recall_.ids.push_back(std::move(id));
      is_new = true;
    }
    return is_new;
  }

  // What is left of a stage's groups goes in few calls: they cost by the call and by their context more than by
  // answers.
  void plan_remainders() {
    constexpr std::size_t kMostInACall = 8;
    for (auto& [tier, rest] : remainders_) {
      for (std::size_t i = 0; i < rest.questions.size(); i += kMostInACall) {
        const auto from = rest.questions.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(kMostInACall, rest.questions.size() - i);
        plan_.work.emplace_back(AssessAnswers{{from, from + static_cast<std::ptrdiff_t>(count)}});
      }
    }
    remainders_.clear();
  }

  // What it builds on is about to be rejected and replaced: a judgement now would not last.
  bool builds_on_sand(const Question& question) const {
    if (policy_.mode != RunMode::kBatch) return false;
    return std::any_of(question.needs.begin(), question.needs.end(), [&](QuestionIndex index) {
      const Question& need = protocol_.questions[index];
      if (session_.status(need) != QuestionStatus::kPending || next_supply(need) == nullptr) return false;
      const auto& rubric = *protocol_.rubric_of(need);
      return !protocol::precheck(need, rubric, session_.latest(need.name)->value).accepted(rubric);
    });
  }

  bool can_draft(const Question& question, QuestionStatus status) const {
    if (policy_.not_draftable.contains(question.name)) return false;
    if (policy_.mode != RunMode::kBatch || !policy_.can_draft || question.type.kind == protocol::AnswerKind::kFile)
      return false;
    const bool missing = status == QuestionStatus::kOpen && session_.requires_answer(question);
    const bool again =
        status == QuestionStatus::kRejected && session_.latest(question.name)->source == AnswerSource::kDrafted;
    if (!missing && !again) return false;
    // Not on sand: what it builds on has been accepted, so that it is not drafted twice.
    return std::all_of(question.sources.begin(), question.sources.end(), [&](QuestionIndex index) {
      const auto source = session_.status(protocol_.questions[index]);
      return source != QuestionStatus::kPending && source != QuestionStatus::kRejected;
    });
  }

  void plan_gate(const protocol::Stage& stage) {
    if (is_busy(stage.id)) return;
    const GateOutcome* outcome = session_.gate(stage.id);
    if (outcome != nullptr && session_.is_current(*outcome)) {
      if (!outcome->passed) plan_.failed_gates.push_back(stage.id);
      return;
    }
    if (policy_.held_stages.contains(stage.id)) return;
    if (can_gate(session_, stage)) plan_.work.emplace_back(EvaluateGate{stage.id});
  }

  bool is_check_ready(const protocol::Check& check) const {
    return std::all_of(check.reads.begin(), check.reads.end(), [&](QuestionIndex index) {
      return session_.status(protocol_.stages[protocol_.questions[index].stage]) == StageStatus::kPassed;
    });
  }
  bool is_check_current(const protocol::Check& check) const {
    const CheckOutcome* outcome = session_.check(check.id);
    return outcome != nullptr && outcome->inputs == session_.inputs_of(check);
  }

  bool all_passed() const {
    return std::all_of(protocol_.stages.begin(), protocol_.stages.end(),
                       [&](const auto& stage) { return session_.status(stage) == StageStatus::kPassed; });
  }

  void plan_checks() {
    RunChecks by_rule;
    AskChecks by_model;
    for (const auto& check : protocol_.checks) {
      if (is_busy(check.id) || is_check_current(check) || !is_check_ready(check)) continue;
      const bool needs_model =
          check.kind == protocol::CheckKind::kLlm && policy_.can_ask_model &&
          protocol::evaluate_check(check, session_.environment()).status == protocol::CheckStatus::kUndetermined;
      // All of a model's checks go into one call, once everything has been said.
      if (needs_model && all_passed()) by_model.checks.push_back(check.id);
      if (!needs_model) by_rule.checks.push_back(check.id);
    }
    if (!by_rule.checks.empty()) plan_.work.emplace_back(std::move(by_rule));
    if (!by_model.checks.empty()) plan_.work.emplace_back(std::move(by_model));
  }

  void plan_decision() {
    if (is_busy("decision") || !all_passed()) return;
    const bool checked = std::all_of(protocol_.checks.begin(), protocol_.checks.end(),
                                     [&](const auto& check) { return is_check_current(check); });
    if (!checked) return;
    protocol::AnswerEnvironment environment(protocol_, session_.facts(),
                                            [&](std::string_view question) -> const base::Value* {
                                              const Answer* answer = session_.in_force(question);
                                              return answer == nullptr ? nullptr : &answer->value;
                                            });
    environment.set_findings(session_.findings());
    const auto decision = protocol::decide(protocol_, session_.info().profile, environment);
    if (decision) {
      plan_.work.emplace_back(Decide{});
      return;
    }
    plan_.undecided =
        fmt::format("the decision rule {} cannot be evaluated: {}", decision.error().rule, decision.error().message);
    for (const auto& name : decision.error().waiting_for)
      plan_.open.push_back({name, "needed by the decision rule " + decision.error().rule});
  }

  void report_open() {
    for (const auto& question : protocol_.questions) {
      if (question.is_derived()) continue;
      const auto status = session_.status(question);
      if (status == QuestionStatus::kBlocked && session_.is_open(protocol_.stages[question.stage]))
        report_condition(question);
      if (status == QuestionStatus::kOpen && session_.requires_answer(question))
        plan_.open.push_back({question.name, "not answered"});
      if (status == QuestionStatus::kRejected) {
        const Assessment* judged = session_.assessment(question.name);
        plan_.open.push_back({question.name, fmt::format("scored {} of 10, {} are needed", judged->score,
                                                         protocol_.rubric_of(question)->accept)});
      }
    }
  }

  // An optional question that nobody answered may keep another one from being asked at all.
  void report_condition(const Question& question) {
    if (!question.ask_if) return;
    const auto asked = question.ask_if->evaluate(session_.environment());
    const auto* missing = std::get_if<protocol::Missing>(&asked);
    if (missing == nullptr) return;
    for (const auto& reference : missing->references) {
      const Question* source = protocol_.find_question(reference);
      if (source == nullptr || source->is_derived() || session_.status(*source) != QuestionStatus::kOpen) continue;
      if (session_.requires_answer(*source)) continue;  // reported as such
      plan_.open.push_back({reference, fmt::format("needed to know whether {} is asked", question.name)});
    }
  }

  const Session& session_;
  const protocol::Protocol& protocol_;
  const RunPolicy& policy_;
  const Brief& brief_;
  const std::set<std::string>& busy_;
  RecallAnswers recall_;
  std::map<std::string, AssessAnswers> remainders_;  // of a stage, by the tier of their rubrics
  Plan plan_;
};

}  // namespace

Plan plan(const Session& session, const RunPolicy& policy, const Brief& brief, const std::set<std::string>& busy) {
  return Planner(session, policy, brief, busy).make();
}

Verdict judge(const Session& session, const Question& question, int score) {
  const protocol::Rubric& rubric = *session.protocol().rubric_of(question);
  if (score >= rubric.accept) return Verdict::kAccepted;
  const Answer* answer = session.latest(question.name);
  const Assessment* before = session.assessment(question.name);
  // Judged again because the context changed: counted already, unless it was accepted then.
  const bool seen = before != nullptr && before->revision == answer->revision && before->verdict != Verdict::kAccepted;
  if (session.attempts_used(question) + (seen ? 0 : 1) >= rubric.attempts) return Verdict::kEscalated;
  return Verdict::kRejected;
}

}  // namespace tollgate::session
