#include "tests/charter/sample_review.hpp"

#include <stdexcept>

#include "protocol/answer_parser.hpp"
#include "protocol/compiler.hpp"
#include "session/gatekeeper.hpp"

namespace tollgate::charter {
namespace {

using base::Value;

constexpr std::string_view kProtocol = R"yaml(
tollgate: 1
id: sample
version: 1.2.0
title: Sample review
options:
  formula: {values: [sum, product], default: sum}
enums:
  level: {LOW: 1, MEDIUM: 2, HIGH: 3, CRITICAL: 4}
  area:
    privacy: {label: Privacy}
    safety: {label: Safety}
records:
  risk:
    fields:
      name: text!
      area: enum<area>!
      level: enum<level>!
      note: long_text
      score: {type: derived, of: int, value: "int(level) * 2"}
stages:
  - id: S1
    title: Need
    groups:
      - id: why
        title: Why
        questions:
          - {id: problem, type: long_text!, label: Problem, ask: Which problem does it solve}
          - {id: price, type: money!, label: Price, ask: What does it cost}
          - {id: share, type: percent, label: Share of work, ask: How much of the work}
          - {id: hints, type: "text[]", label: Hints, ask: Anything else}
    gate:
      - {id: G1.price, label: The price is within reach., must: 'price < money("EUR 50,000")', say: "{{price}} is too much.", fix: Ask for less., waiver: {role: reviewer, needs: [reason, due]}}
      - {id: G1.share, must: "!has(share) || share > 10", level: warn, say: A small share.}
  - id: S2
    title: Risk
    after: [S1]
    groups:
      - id: risks
        title: Risks
        questions:
          - {id: register, type: table<risk>!, label: Register, ask: Which risks, rubric: none}
          - {id: residual, type: derived, label: Residual risk, of: enum<level>, each: {a: area}, value: "max(register.filter(r, r.area == a).map(r, r.level), 'LOW')"}
checks:
  - {id: X1, kind: rule, must: "S2.register.size() > 0", severity: major, say: No risk is named.}
  - {id: X2, kind: llm, reads: [S1.problem, S2.register], ask: "Do the risks fit the problem?", severity: critical}
decisions:
  labels: {halt: Do not start}
  profiles:
    default:
      - id: D1
        when: count(S2.residual, "CRITICAL") > 0
        then: halt
        say: A residual risk is critical.
        duties: [Report to the board.]
        lift:
          - {each: {r: "S2.register.filter(r, r.score >= 8)"}, say: "{{r.name}}: bring the score of {{r.score}} below 8."}
      - {id: D2, when: 'count(S2.residual, "HIGH") > 0', then: revise, say: A residual risk is high.}
      - {id: D9, when: "true", then: proceed, say: No rule stands against it.}
charter:
  title: Sample charter
  sections:
    - {id: need, title: The need, text: "It costs {{S1.price}}.", show: [S1.price, S1.share, S1.problem, S1.hints]}
    - {id: risk, title: The risks, show: [S2.register, S2.residual, S1.hints]}
  sign: [Project sponsor]
references:
  - {type: book, authors: ["Zeta, Z."], year: 2001, title: A book, source: A house}
  - {type: journal, authors: ["Alpha, A."], year: 1999, title: A paper, source: "Journal of Tests, 3(1), 2–4", doi: 10.1/abc}
)yaml";

std::shared_ptr<const protocol::Protocol> compiled() {
  static const auto kCompiled = [] {
    auto result = protocol::compile_text(kProtocol);
    if (!result.protocol) {
      std::string all;
      for (const auto& diagnostic : result.diagnostics)
        all += std::to_string(diagnostic.line) + ": " + diagnostic.message + '\n';
      throw std::runtime_error(all);
    }
    return result.protocol;
  }();
  return kCompiled;
}

session::SessionInfo info_of(std::string title) {
  session::SessionInfo info;
  info.id = *base::SessionId::parse("01920000-0000-7000-8000-000000000001");
  info.title = std::move(title);
  info.owner = "Ada";
  info.profile = "default";
  info.created_at = *base::parse_rfc3339("2026-11-23T10:00:00.000Z");
  return info;
}

}  // namespace

SampleReview::SampleReview(std::string title)
    : session(compiled(), info_of(std::move(title))), now_(*base::parse_rfc3339("2026-11-23T10:00:00.000Z")) {
  facts.program_version = "1.0.0";
  facts.generated_at = *base::parse_rfc3339("2026-11-24T08:30:00.000Z");
}

base::Timestamp SampleReview::now() {
  return now_ += std::chrono::minutes(1);
}

void SampleReview::answer(std::string_view question, Value raw, session::AnswerSource source) {
  const auto* asked = session.protocol().find_question(question);
  auto value = protocol::parse_answer(*asked, raw);
  if (!value) throw std::runtime_error(value.error().message);
  const auto revision = static_cast<std::int64_t>(session.revisions(question).size()) + 1;
  session.apply(session::Answer{std::string(question), revision, *std::move(value), source, "ada", now()});
}

void SampleReview::assess(std::string_view question, int score, session::Verdict verdict, std::string model) {
  session::Assessment judged;
  judged.question = question;
  judged.number = static_cast<std::int64_t>(session.assessments(question).size()) + 1;
  judged.revision = session.latest(question)->revision;
  judged.score = score;
  judged.dimensions = {score, score, score, score, score};
  if (verdict != session::Verdict::kAccepted) judged.issues = {"No figure is given."};
  if (verdict != session::Verdict::kAccepted) judged.follow_ups = {"How many a day?"};
  judged.assessor = model.empty() ? session::Assessor::kPrecheck : session::Assessor::kLlm;
  judged.model = std::move(model);
  judged.context = session.context_of(*session.protocol().find_question(question));
  judged.verdict = verdict;
  judged.at = now();
  session.apply(std::move(judged));
}

void SampleReview::waive(std::string_view stage, std::string_view rule) {
  session.apply(session::Waiver{std::string(stage), std::string(rule), 1, "reviewer", "Rita Reviewer",
                                "The budget grows in May", base::Date::parse("2027-05-31"), now()});
}

void SampleReview::gate(std::string_view stage) {
  session.apply(session::evaluate_gate(session, *session.protocol().find_stage(stage), now()));
}

void SampleReview::check(std::string_view id, session::CheckOutcomeStatus status, std::string text) {
  for (const auto& check : session.protocol().checks) {
    if (check.id != id) continue;
    session.apply(session::CheckOutcome{check.id, session.check_count(id) + 1, status, std::move(text), "",
                                        session.inputs_of(check), now()});
    return;
  }
}

void SampleReview::decide() {
  const auto result = protocol::decide(session.protocol(), session.info().profile, session.environment());
  if (!result) throw std::runtime_error(result.error().message);
  const auto* before = session.decision();
  session.apply(session::Decision{before == nullptr ? 1 : before->number + 1, session.info().profile, *result,
                                  session.decision_inputs(), now()});
}

void SampleReview::complete(std::string_view risk_level) {
  answer("S1.problem", "Eleven analysts copy 40 invoices a day by hand.");
  assess("S1.problem", 9, session::Verdict::kAccepted);
  answer("S1.price", "EUR 900");
  gate("S1");
  answer("S2.register", Value::List{Value::Record{{"name", "Leak"}, {"area", "privacy"}, {"level", risk_level}}});
  gate("S2");
  check("X1", session::CheckOutcomeStatus::kConsistent);
  check("X2", session::CheckOutcomeStatus::kNotChecked, "no model was reachable");
  decide();
}

}  // namespace tollgate::charter
