// The last step on questions: what each one depends on, and whether it can ever be answered.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

// Depth-first over edges(node); returns the first cycle found, in order.
template <typename Edges>
std::vector<std::size_t> find_cycle(std::size_t count, const Edges& edges) {
  enum class Mark { kNew, kOpen, kDone };
  std::vector<Mark> marks(count, Mark::kNew);
  std::vector<std::size_t> path;
  std::vector<std::size_t> cycle;
  const auto visit = [&](const auto& self, std::size_t node) -> bool {
    if (marks[node] == Mark::kDone) return false;
    if (marks[node] == Mark::kOpen) {
      cycle.assign(std::find(path.begin(), path.end(), node), path.end());
      cycle.push_back(node);
      return true;
    }
    marks[node] = Mark::kOpen;
    path.push_back(node);
    for (const std::size_t next : edges(node)) {
      if (self(self, next)) return true;
    }
    path.pop_back();
    marks[node] = Mark::kDone;
    return false;
  };
  for (std::size_t node = 0; node < count; ++node) {
    if (visit(visit, node)) return cycle;
  }
  return {};
}

std::string arrows(const std::vector<std::size_t>& nodes, const auto& name_of) {
  std::string out;
  for (const std::size_t node : nodes) out += (out.empty() ? "" : " → ") + name_of(node);
  return out;
}

// Stages that open only after `stage` has passed, directly or not.
std::set<std::size_t> stages_after(const Protocol& protocol, std::size_t stage) {
  std::set<std::size_t> later;
  bool grown = true;
  while (grown) {
    grown = false;
    for (std::size_t i = 0; i < protocol.stages.size(); ++i) {
      const auto& after = protocol.stages[i].after;
      const bool follows =
          std::any_of(after.begin(), after.end(), [&](std::size_t s) { return s == stage || later.contains(s); });
      if (follows && later.insert(i).second) grown = true;
    }
  }
  return later;
}

// The answered questions behind `index`: its needs with derived ones resolved. Visits each question once.
std::set<QuestionIndex> sources_of(const Protocol& protocol, QuestionIndex index) {
  std::set<QuestionIndex> sources;
  std::set<QuestionIndex> seen{index};
  std::vector<QuestionIndex> left{index};
  while (!left.empty()) {
    const QuestionIndex current = left.back();
    left.pop_back();
    for (const QuestionIndex need : protocol.questions[current].needs) {
      if (!protocol.questions[need].is_derived()) {
        sources.insert(need);
      } else if (seen.insert(need).second) {
        left.push_back(need);
      }
    }
  }
  return sources;
}

bool check_cycles(CompileState& state) {
  const Protocol& protocol = state.protocol;
  const auto stage_cycle = find_cycle(protocol.stages.size(), [&](std::size_t i) { return protocol.stages[i].after; });
  if (!stage_cycle.empty()) {
    const SourceNode& stage = *state.stage_nodes[stage_cycle.front()];
    state.reader.error(
        stage.find("after") != nullptr ? *stage.find("after") : stage,
        "stages wait for each other: " + arrows(stage_cycle, [&](std::size_t i) { return protocol.stages[i].id; }),
        "remove one `after` of the cycle");
  }
  const auto cycle = find_cycle(protocol.questions.size(), [&](std::size_t i) { return protocol.questions[i].needs; });
  if (!cycle.empty()) {
    state.reader.error(
        *state.question_nodes[cycle.front()],
        "questions need each other: " + arrows(cycle, [&](std::size_t i) { return protocol.questions[i].name; }),
        "remove one `needs`, or one reference in an expression, of the cycle");
  }
  return stage_cycle.empty() && cycle.empty();
}

void check_reachable(CompileState& state) {
  const Protocol& protocol = state.protocol;
  std::vector<std::set<std::size_t>> later;
  for (std::size_t i = 0; i < protocol.stages.size(); ++i) later.push_back(stages_after(protocol, i));
  for (QuestionIndex i = 0; i < protocol.questions.size(); ++i) {
    const Question& question = protocol.questions[i];
    for (const QuestionIndex source : question.sources) {
      if (!later[question.stage].contains(protocol.questions[source].stage)) continue;
      state.reader.error(
          *state.question_nodes[i],
          fmt::format("{} can never be answered: it needs {}, whose stage opens only after {} has passed",
                      question.name, protocol.questions[source].name, protocol.stages[question.stage].id),
          "move one of the two, or change `after`");
    }
    if (question.ask_if && question.ask_if->references().empty() && !question.ask_if->holds(MapEnvironment())) {
      state.reader.error(*state.question_nodes[i]->find("if"),
                         fmt::format("{} is never asked: its `if` is always false", question.name),
                         "remove the question or its `if`");
    }
  }
}

void check_gates_readable(CompileState& state) {
  const Protocol& protocol = state.protocol;
  for (std::size_t i = 0; i < protocol.stages.size(); ++i) {
    const auto later = stages_after(protocol, i);
    for (const auto& rule : protocol.stages[i].gate.rules) {
      for (const QuestionIndex index : questions_of(protocol, rule.must.references())) {
        auto sources = sources_of(protocol, index);
        sources.insert(index);
        for (const QuestionIndex source : sources) {
          if (!later.contains(protocol.questions[source].stage)) continue;
          state.reader.error(
              *state.gate_rule_nodes.at(rule.id),
              fmt::format(
                  "the gate rule {} of stage {} can never pass: it reads {}, whose stage opens only after that gate",
                  rule.id, protocol.stages[i].id, protocol.questions[source].name),
              "move the rule to the later stage's gate, or make it a check");
        }
      }
    }
  }
}

// A wait over several stages: a question waits for its needs and for the gates before its stage, a gate for all of its
// questions and for what its rules read.
void check_waits(CompileState& state) {
  const Protocol& protocol = state.protocol;
  const std::size_t count = protocol.questions.size();
  const auto waits_for = [&](std::size_t node) {
    std::vector<std::size_t> out;
    if (node < count) {
      out = protocol.questions[node].needs;
      if (protocol.questions[node].is_derived()) return out;
      for (const std::size_t before : protocol.stages[protocol.questions[node].stage].after)
        out.push_back(count + before);
      return out;
    }
    const Stage& stage = protocol.stages[node - count];
    for (const auto& group : stage.groups) out.insert(out.end(), group.questions.begin(), group.questions.end());
    for (const auto& rule : stage.gate.rules) {
      const auto reads = questions_of(protocol, rule.must.references());
      out.insert(out.end(), reads.begin(), reads.end());
    }
    return out;
  };
  const auto cycle = find_cycle(count + protocol.stages.size(), waits_for);
  if (cycle.empty()) return;
  const auto name_of = [&](std::size_t node) {
    return node < count ? protocol.questions[node].name : "the gate of " + protocol.stages[node - count].id;
  };
  const SourceNode* place =
      cycle.front() < count ? state.question_nodes[cycle.front()] : state.stage_nodes[cycle.front() - count];
  state.reader.error(*place, "a wait that never ends: " + arrows(cycle, name_of),
                     "remove one `needs`, `after` or reference of the cycle");
}

}  // namespace

void check_dependencies(CompileState& state) {
  if (state.protocol.questions.empty() || !check_cycles(state)) return;
  for (QuestionIndex i = 0; i < state.protocol.questions.size(); ++i) {
    const auto sources = sources_of(state.protocol, i);
    state.protocol.questions[i].sources.assign(sources.begin(), sources.end());
  }
  const bool failed = state.reader.failed();
  check_reachable(state);
  check_gates_readable(state);
  if (failed == state.reader.failed()) check_waits(state);
}

}  // namespace tollgate::protocol
