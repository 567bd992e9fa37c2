// What the charter shows, and the references it cites.
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

void read_section(CompileState& state, const SourceNode& node, std::set<std::string>& seen) {
  if (!state.reader.mapping(node, "a charter section", {"id", "title", "text", "show", "if"})) return;
  CharterSection section;
  section.id = state.reader.identifier(node, "id");
  if (!section.id.empty() && !seen.insert(section.id).second)
    state.reader.error(*node.find("id"), fmt::format("two sections have the id '{}'", section.id),
                       "rename one of them");
  section.title = state.reader.text(node, "title");
  if (section.title.empty()) section.title = in_words(section.id);
  section.text = read_template(state, node, "text", state.names);
  section.show_if = read_condition(state, node, "if", state.names);
  for (const SourceNode* place : state.reader.scalars(node, "show")) {
    const std::string& name = place->scalar;
    const auto index = state.protocol.resolve_question(name);
    if (!index) {
      std::vector<std::string> names;
      for (const auto& question : state.protocol.questions) names.push_back(question.name);
      const auto near = base::nearest(name, names);
      state.reader.error(*place, fmt::format("`show` names no question: '{}'", base::shortened(name, 64)),
                         near ? fmt::format("did you mean '{}'?", *near) : "use full names such as S1.objective");
      continue;
    }
    section.show.push_back(*index);
  }
  state.protocol.charter.sections.push_back(std::move(section));
}

void section_per_stage(Protocol& protocol) {
  for (const auto& stage : protocol.stages) {
    CharterSection section;
    section.id = stage.id;
    section.title = stage.title;
    for (const auto& group : stage.groups)
      section.show.insert(section.show.end(), group.questions.begin(), group.questions.end());
    protocol.charter.sections.push_back(std::move(section));
  }
}

void read_reference(CompileState& state, const SourceNode& node) {
  if (!state.reader.mapping(node, "a reference",
                            {"type", "authors", "year", "title", "source", "url", "doi", "accessed"}))
    return;
  Citation citation;
  state.reader.member(node, "type", Presence::kRequired);
  citation.type = state.reader.choice(node, "type", {"journal", "book", "website", "report", "conference", "law"})
                      .value_or("report");
  citation.authors = state.reader.texts(node, "authors");
  citation.year = state.reader.text(node, "year");
  citation.title = state.reader.text(node, "title", Presence::kRequired);
  citation.source = state.reader.text(node, "source");
  citation.url = state.reader.text(node, "url");
  citation.doi = state.reader.text(node, "doi");
  citation.accessed = state.reader.text(node, "accessed");
  if (!citation.url.empty() && !citation.url.starts_with("https://") && !citation.url.starts_with("http://")) {
    state.reader.error(*node.find("url"), "a reference's url starts with https://",
                       "write it in full, or leave it out");
  }
  state.protocol.references.push_back(std::move(citation));
}

}  // namespace

void compile_charter(CompileState& state, const SourceNode& root) {
  CharterDefinition& charter = state.protocol.charter;
  charter.title = state.protocol.title;
  const SourceNode* node = state.reader.member(root, "charter");
  if (node != nullptr && state.reader.mapping(*node, "`charter`", {"title", "subtitle", "sections", "sign"})) {
    if (auto title = state.reader.text(*node, "title"); !title.empty()) charter.title = std::move(title);
    charter.subtitle = read_template(state, *node, "subtitle", state.names);
    charter.sign = state.reader.texts(*node, "sign");
    std::set<std::string> seen;
    if (const SourceNode* sections = state.reader.sequence(*node, "sections")) {
      for (const auto& section : sections->items) read_section(state, section, seen);
    }
  }
  if (charter.sections.empty()) section_per_stage(state.protocol);
  if (const SourceNode* references = state.reader.sequence(root, "references")) {
    for (const auto& reference : references->items) read_reference(state, reference);
  }
}

}  // namespace tollgate::protocol
