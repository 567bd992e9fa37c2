#include "protocol/graph.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::protocol {
namespace {

std::string node_id(const Question& question) {
  std::string id = question.name;
  std::replace(id.begin(), id.end(), '.', '_');
  return id;
}

// On one line and without the double quote, which ends a label in both languages.
std::string label(std::string text) {
  std::replace(text.begin(), text.end(), '"', '\'');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Graphviz reads a backslash as the start of an escape.
std::string dot_label(const std::string& text) {
  std::string out;
  for (const char c : label(text)) out += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return out;
}

template <typename Visit>
void for_each_question(const Protocol& protocol, const Stage& stage, const Visit& visit) {
  for (const auto& group : stage.groups) {
    for (const QuestionIndex index : group.questions) visit(protocol.questions[index]);
  }
}

// Graphviz draws arrows between nodes only; ltail and lhead clip this one at the clusters' borders.
std::string stage_arrow(const Protocol& protocol, const Stage& from, const Stage& to) {
  const auto first = [&](const Stage& stage) {
    return protocol.questions[stage.groups.front().questions.front()].name;
  };
  return fmt::format("  \"{}\" -> \"{}\" [ltail=\"cluster_{}\", lhead=\"cluster_{}\", style=dashed];\n", first(from),
                     first(to), from.id, to.id);
}

}  // namespace

std::string to_mermaid(const Protocol& protocol) {
  std::string out = "flowchart LR\n";
  for (const auto& stage : protocol.stages) {
    out += fmt::format("  subgraph {}[\"{} {}\"]\n", stage.id, stage.id, label(stage.title));
    for_each_question(protocol, stage, [&](const Question& question) {
      out += fmt::format("    {}{}{}{}\n", node_id(question), question.is_derived() ? "([\"" : "[\"",
                         label(question.id), question.is_derived() ? "\"])" : "\"]");
    });
    out += "  end\n";
  }
  for (const auto& stage : protocol.stages) {
    for (const std::size_t before : stage.after)
      out += fmt::format("  {} -.-> {}\n", protocol.stages[before].id, stage.id);
  }
  for (const auto& question : protocol.questions) {
    for (const QuestionIndex need : question.needs)
      out += fmt::format("  {} --> {}\n", node_id(protocol.questions[need]), node_id(question));
  }
  return out;
}

std::string to_dot(const Protocol& protocol) {
  std::string out =
      fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n  compound=true;\n  node [shape=box, fontname=\"sans-serif\"];\n",
                  dot_label(protocol.id));
  for (const auto& stage : protocol.stages) {
    out +=
        fmt::format("  subgraph \"cluster_{}\" {{\n    label=\"{} {}\";\n", stage.id, stage.id, dot_label(stage.title));
    for_each_question(protocol, stage, [&](const Question& question) {
      out += fmt::format("    \"{}\" [label=\"{}\"{}];\n", question.name, dot_label(question.id),
                         question.is_derived() ? ", style=rounded" : "");
    });
    out += "  }\n";
  }
  for (const auto& stage : protocol.stages) {
    for (const std::size_t before : stage.after) out += stage_arrow(protocol, protocol.stages[before], stage);
  }
  for (const auto& question : protocol.questions) {
    for (const QuestionIndex need : question.needs)
      out += fmt::format("  \"{}\" -> \"{}\";\n", protocol.questions[need].name, question.name);
  }
  return out + "}\n";
}

}  // namespace tollgate::protocol
