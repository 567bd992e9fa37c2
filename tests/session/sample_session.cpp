#include "tests/session/sample_session.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/precheck.hpp"
#include "protocol/rules.hpp"

namespace tollgate::session {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: sample
version: 1.0.0
title: Sample
enums:
  level: {LOW: 1, HIGH: 2}
stages:
  - id: S1
    title: Need
    groups:
      - id: why
        title: Why
        questions:
          - {id: problem, type: long_text!, ask: Which problem is it and how often does it occur}
          - {id: price, type: money!, ask: What does it cost}
          - {id: note, type: text, ask: Anything else}
          - {id: cost_class, type: derived, of: enum<level>, value: 'price > money("EUR 10,000") ? "HIGH" : "LOW"'}
    gate:
      - {id: G1, must: 'price < money("EUR 50,000")', say: "{{price}} is too much.", fix: Ask for less., waiver: {role: reviewer}}
      - {id: GW, must: has(note), level: warn, say: No note., fix: Add one.}
  - id: S2
    title: Plan
    after: [S1]
    groups:
      - id: plan
        title: Plan
        questions:
          - {id: approach, type: long_text!, ask: What do you do about it, needs: [S1.problem]}
          - {id: why_dear, type: long_text!, ask: Why is it worth that much, if: 'S1.cost_class == "HIGH"'}
          - {id: count, type: int!, ask: How many people, default: 5}
          - {id: hint, type: text, ask: Hint, needs: [S1.note]}
    gate:
      - {id: G2, must: count > 2, say: "{{count}} are too few."}
  - id: S3
    title: People
    after: [S1]
    groups:
      - id: people
        title: People
        questions:
          - {id: owner, type: text!, ask: Who owns it}
          - {id: signoff, type: text, ask: Who signed, required_if: 'S1.cost_class == "HIGH"'}
checks:
  - {id: X1, must: S2.count < 100, say: "{{S2.count}} people are many.", severity: major}
  - {id: X2, kind: llm, reads: [S1.problem, S2.approach], ask: Do they fit}
decisions:
  profiles:
    default:
      - {id: D1, when: size(findings) > 0, then: revise}
      - {id: D2, when: 'S1.price > money("EUR 30,000")', then: submit_to_committee}
      - {id: D9, when: "true", then: proceed}
    noted:
      - {id: D3, when: 'S1.note == "stop"', then: halt}
      - {id: D9, when: "true", then: proceed}
)yaml";

CheckOutcome outcome_of(const Session& session, const protocol::Check& check, Timestamp now) {
  const auto result = protocol::evaluate_check(check, session.environment());
  CheckOutcome outcome{.check = check.id,
                       .number = session.check_count(check.id) + 1,
                       .text = result.text,
                       .inputs = session.inputs_of(check),
                       .at = now};
  switch (result.status) {
    case protocol::CheckStatus::kConsistent: outcome.status = CheckOutcomeStatus::kConsistent; break;
    case protocol::CheckStatus::kContradiction: outcome.status = CheckOutcomeStatus::kContradiction; break;
    case protocol::CheckStatus::kInapplicable: outcome.status = CheckOutcomeStatus::kInapplicable; break;
    case protocol::CheckStatus::kUndetermined: outcome.status = CheckOutcomeStatus::kNotChecked; break;
  }
  return outcome;
}

std::string_view word(QuestionStatus status) {
  constexpr std::string_view kWords[] = {"n/a", "blocked", "open", "pending", "rejected", "accepted", "escalated"};
  return kWords[static_cast<std::size_t>(status)];
}

std::string_view word(StageStatus status) {
  constexpr std::string_view kWords[] = {"blocked", "open", "failed", "passed"};
  return kWords[static_cast<std::size_t>(status)];
}

struct Describe {
  std::string operator()(const RecallAnswers& item) const { return "recall " + base::join(item.questions, " "); }
  std::string operator()(const AssessAnswers& item) const { return "assess " + base::join(item.questions, " "); }
  std::string operator()(const DraftAnswers& item) const { return "draft " + base::join(item.questions, " "); }
  std::string operator()(const EvaluateGate& item) const { return "gate " + item.stage; }
  std::string operator()(const RunChecks& item) const { return "check " + base::join(item.checks, " "); }
  std::string operator()(const AskChecks& item) const { return "ask " + base::join(item.checks, " "); }
  std::string operator()(const Decide&) const { return "decide"; }
};

}  // namespace

std::shared_ptr<const protocol::Protocol> sample_protocol() {
  static const auto kResult = protocol::compile_text(kProtocol);
  if (!kResult.protocol) throw std::logic_error(protocol::to_string(kResult.diagnostics));
  return kResult.protocol;
}

Brief good_brief() {
  Brief brief{.title = "Tool"};
  brief.answers = {{"S1.problem", {kGoodText}},
                   {"S1.price", {*base::Money::parse("EUR 900")}},
                   {"S2.approach", {kGoodText + " A tool reads them instead from 1 March."}},
                   {"S3.owner", {"Head of accounts payable"}}};
  return brief;
}

SessionInfo sample_info(std::string profile) {
  return {.id = *base::SessionId::parse("01890a5d-ac96-774b-bcce-b302099a8057"),
          .title = "Tool",
          .owner = "me",
          .profile = std::move(profile),
          .options = {},
          .created_at = *base::parse_rfc3339("2026-11-23T14:02:00.123Z")};
}

Trial::Trial(std::shared_ptr<const protocol::Protocol> protocol, std::string profile)
    : session_(std::make_unique<Session>(std::move(protocol), sample_info(std::move(profile)))) {}

Timestamp Trial::now() {
  return session_->info().created_at + std::chrono::seconds(++ticks_);
}

const protocol::Question& Trial::question(std::string_view name) const {
  const auto* found = session_->protocol().find_question(name);
  if (found == nullptr) throw std::logic_error("no question " + std::string(name));
  return *found;
}

const protocol::Stage& Trial::stage(std::string_view id) const {
  return *session_->protocol().find_stage(id);
}

void apply_to(Session& session, const Fact& fact) {
  std::visit([&](const auto& one) { session.apply(one); }, fact);
}

void Trial::apply(Fact fact) {
  apply_to(*session_, fact);
  facts_.push_back(std::move(fact));
}

void Trial::answer(std::string_view name, const Value& raw, AnswerSource source) {
  const auto* before = session_->latest(name);
  apply(Answer{.question = std::string(name),
               .revision = before == nullptr ? 1 : before->revision + 1,
               .value = protocol::parse_answer(question(name), raw).value(),
               .source = source,
               .author = "me",
               .at = now()});
}

void Trial::assess(std::string_view name, int score) {
  const auto& judged = question(name);
  const auto* before = session_->assessment(name);
  Assessment assessment;
  assessment.question = std::string(name);
  assessment.number = before == nullptr ? 1 : before->number + 1;
  assessment.revision = session_->latest(name)->revision;
  assessment.score = score;
  assessment.context = session_->context_of(judged);
  assessment.verdict = judge(*session_, judged, score);
  assessment.at = now();
  apply(std::move(assessment));
}

void Trial::waive(std::string_view stage_id, std::string_view rule) {
  const auto* before = session_->waiver(rule);
  apply(Waiver{.stage = std::string(stage_id),
               .rule = std::string(rule),
               .number = before == nullptr ? 1 : before->number + 1,
               .role = "reviewer",
               .author = "you",
               .reason = "agreed",
               .due = {},
               .at = now()});
}

const GateOutcome& Trial::gate(std::string_view id) {
  apply(evaluate_gate(*session_, stage(id), now()));
  return *session_->gate(id);
}

void Trial::perform(const WorkItem& item) {
  if (const auto* recall = std::get_if<RecallAnswers>(&item)) {
    policy.recalled.insert(recall->ids.begin(), recall->ids.end());
  } else if (const auto* assess_item = std::get_if<AssessAnswers>(&item)) {
    for (const auto& name : assess_item->questions) {
      const auto& judged = question(name);
      const auto& rubric = *session_->protocol().rubric_of(judged);
      assess(name, protocol::precheck(judged, rubric, session_->latest(name)->value).score);
    }
  } else if (const auto* draft = std::get_if<DraftAnswers>(&item)) {
    for (const auto& name : draft->questions) {
      const bool is_count = question(name).type.kind == protocol::AnswerKind::kInt;
      const bool is_money = question(name).type.kind == protocol::AnswerKind::kMoney;
      answer(name, is_count ? Value(7) : is_money ? Value("EUR 100") : Value(kGoodText), AnswerSource::kDrafted);
    }
  } else if (const auto* gated = std::get_if<EvaluateGate>(&item)) {
    gate(gated->stage);
  } else if (std::holds_alternative<Decide>(item)) {
    protocol::AnswerEnvironment environment(session_->protocol(), session_->facts(),
                                            [&](std::string_view name) -> const Value* {
                                              const auto* found = session_->in_force(name);
                                              return found == nullptr ? nullptr : &found->value;
                                            });
    environment.set_findings(session_->findings());
    apply(Decision{.number = session_->decision() == nullptr ? 1 : session_->decision()->number + 1,
                   .profile = session_->info().profile,
                   .result = protocol::decide(session_->protocol(), session_->info().profile, environment).value(),
                   .inputs = session_->decision_inputs(),
                   .at = now()});
  } else {
    const auto* by_rule = std::get_if<RunChecks>(&item);
    for (const auto& id : by_rule != nullptr ? by_rule->checks : std::get<AskChecks>(item).checks) {
      for (const auto& check : session_->protocol().checks) {
        if (check.id == id) apply(outcome_of(*session_, check, now()));
      }
    }
  }
}

bool Trial::step() {
  const Plan next = plan();
  for (const auto& supplied : next.answers) answer(supplied.question, supplied.value, supplied.source);
  for (const auto& supplied : next.waivers) waive(supplied.waiver.stage, supplied.waiver.rule);
  for (const auto& item : next.work) perform(item);
  return !next.answers.empty() || !next.waivers.empty() || !next.work.empty();
}

void Trial::run() {
  for (int i = 0; i < 200; ++i) {
    if (!step()) return;
  }
  throw std::logic_error("the plan never ends: " + describe(plan()));
}

std::string describe(const Plan& plan) {
  std::string out;
  const auto add = [&](const std::string& line) { out += (out.empty() ? "" : "; ") + line; };
  for (const auto& one : plan.answers) add(fmt::format("{} {}={}", one.key, one.question, base::to_json(one.value)));
  for (const auto& one : plan.waivers) add(fmt::format("{} {}", one.key, one.waiver.rule));
  for (const auto& one : plan.work) add(std::visit(Describe{}, one));
  for (const auto& one : plan.open) add(fmt::format("open {}: {}", one.question, one.why));
  for (const auto& one : plan.failed_gates) add("failed " + one);
  if (!plan.undecided.empty()) add("undecided: " + plan.undecided);
  if (plan.decided) add("decided");
  return out;
}

std::string describe(const Session& session) {
  std::string out;
  for (const auto& question : session.protocol().questions) {
    const auto* value = session.environment().find(question.name);
    const auto* answer = session.in_force(question.name);
    out +=
        fmt::format("{}={}/{}/{}\n", question.name, question.is_derived() ? "derived" : word(session.status(question)),
                    value == nullptr ? "-" : base::to_json(*value), answer == nullptr ? -1 : answer->revision);
  }
  for (const auto& stage : session.protocol().stages)
    out += fmt::format("{}={}\n", stage.id, word(session.status(stage)));
  out += base::to_json(session.findings()) + "\n";
  out += session.decision() == nullptr ? "-" : base::to_json(to_value(*session.decision()));
  return out;
}

}  // namespace tollgate::session
