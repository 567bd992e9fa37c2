#include "tests/engine/well_review.hpp"

#include <stdexcept>

#include "protocol/compiler.hpp"

namespace tollgate::test {
namespace {

constexpr const char* kProtocol = R"(
tollgate: 1
id: well-permit
version: 1.0.0
title: Permit for a well
stages:
  - id: A
    title: Place
    groups:
      - id: site
        title: Site
        questions:
          - {id: purpose, type: long_text!, ask: "What is the water for, and how much is needed a day?"}
          - {id: place, type: long_text!, ask: "Where is the well to be, and how far from houses and stables?"}
      - id: figures
        title: Figures
        questions:
          - {id: depth, type: int!, ask: "How deep is it, in metres?", min: 1, max: 400}
          - {id: remarks, type: long_text, ask: "What else should a reader know?"}
    gate:
      - id: GA.depth
        must: depth <= 100
        say: "A depth of {{depth}} m reaches the second aquifer."
        fix: Plan a shallower well.
        waiver: {role: reviewer, needs: [reason, due]}
      - {id: GA.limit, must: depth <= 350, say: Too deep.}
  - id: B
    title: Water
    after: [A]
    groups:
      - id: quality
        title: Quality
        questions:
          - {id: quality, type: long_text!, ask: "Which limits does the water meet, by which samples?", needs: [A.purpose]}
  - id: C
    title: Neighbours
    after: [A]
    groups:
      - id: people
        title: People
        questions:
          - {id: neighbours, type: long_text!, ask: "Which wells lie within 500 m, and how will their level change?"}
          - {id: consent, type: bool!, ask: "Have all neighbours agreed in writing?"}
checks:
  - {id: X1, kind: llm, reads: [A.purpose, B.quality], ask: "Does the quality suit the purpose?", severity: major}
  - {id: X2, kind: llm, reads: [A.place, C.neighbours], ask: "Do the distances agree?", severity: minor}
  - {id: X3, kind: rule, must: "A.depth < 300", severity: critical, say: "Deeper than 300 m."}
decisions:
  profiles:
    default:
      - {id: D1, when: "!C.consent", then: submit_to_committee, say: A neighbour has not agreed.}
      - {id: D2, when: 'findings.exists(f, f.severity == "major")', then: revise, say: The answers contradict each other.}
      - {id: D3, when: "true", then: proceed, say: Nothing speaks against the well.}
)";

}  // namespace

std::shared_ptr<const protocol::Protocol> well_protocol() {
  static const auto kCompiled = [] {
    auto result = protocol::compile_text(kProtocol);
    if (!result.protocol) throw std::runtime_error(protocol::to_string(result.diagnostics));
    return result.protocol;
  }();
  return kCompiled;
}

session::Brief well_brief() {
  session::Brief brief{.title = "Well of the Hofmann farm"};
  brief.answers["A.purpose"] = {
      "Drinking water for 62 dairy cows and 2 households, 7,400 litres a day from April to October 2027."};
  brief.answers["A.place"] = {
      "On field 118/2 at Lindach, 84 m from the farm house, 120 m from the stable and 310 m from the brook."};
  brief.answers["A.depth"] = {38};
  brief.answers["B.quality"] = {
      "Three samples of May 2026 show 21 mg/l nitrate against a limit of 50 mg/l and no coliform bacteria in 100 ml."};
  brief.answers["C.neighbours"] = {
      "Two wells lie within 500 m, at 220 m and 410 m; a pumping test of 72 hours lowered them by 4 cm and 1 cm."};
  brief.answers["C.consent"] = {true};
  return brief;
}

}  // namespace tollgate::test
