#include "protocol/graph.hpp"

#include <gtest/gtest.h>

#include "protocol/compiler.hpp"
#include "tests/protocol/sample_protocol.hpp"

namespace tollgate::protocol {
namespace {

std::shared_ptr<const Protocol> sample() {
  return compile_text(
             yaml_of({.s2_questions = "          - {id: double, type: derived, of: int, value: count * 2}\n"
                                      "          - {id: note, type: text, ask: A, needs: [double, S1.problem]}\n"}))
      .protocol;
}

TEST(Graph, DrawsStagesQuestionsAndTheirDependenciesForMermaid) {
  EXPECT_EQ(to_mermaid(*sample()), R"(flowchart LR
  subgraph S1["S1 One"]
    S1_problem["problem"]
    S1_price["price"]
  end
  subgraph S2["S2 Two"]
    S2_count["count"]
    S2_double(["double"])
    S2_note["note"]
  end
  S1 -.-> S2
  S2_count --> S2_double
  S1_problem --> S2_note
  S2_double --> S2_note
)");
}

TEST(Graph, DrawsTheSameForGraphviz) {
  EXPECT_EQ(to_dot(*sample()), R"(digraph "sample" {
  rankdir=LR;
  compound=true;
  node [shape=box, fontname="sans-serif"];
  subgraph "cluster_S1" {
    label="S1 One";
    "S1.problem" [label="problem"];
    "S1.price" [label="price"];
  }
  subgraph "cluster_S2" {
    label="S2 Two";
    "S2.count" [label="count"];
    "S2.double" [label="double", style=rounded];
    "S2.note" [label="note"];
  }
  "S1.problem" -> "S2.count" [ltail="cluster_S1", lhead="cluster_S2", style=dashed];
  "S2.count" -> "S2.double";
  "S1.problem" -> "S2.note";
  "S2.double" -> "S2.note";
}
)");
}

TEST(Graph, KeepsAHostileTitleInsideItsLabel) {
  auto protocol = *sample();
  protocol.stages[0].title = "a \"] \\ \n b";
  EXPECT_NE(to_mermaid(protocol).find("S1[\"S1 a '] \\   b\"]"), std::string::npos) << to_mermaid(protocol);
  EXPECT_NE(to_dot(protocol).find("label=\"S1 a '] \\\\   b\";"), std::string::npos) << to_dot(protocol);
}

}  // namespace
}  // namespace tollgate::protocol
