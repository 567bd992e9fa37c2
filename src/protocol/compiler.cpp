#include "protocol/compiler.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"
#include "protocol/self_test.hpp"

namespace tollgate::protocol {
namespace {

bool is_protocol_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id.front() >= 'a' && id.front() <= 'z' &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

void compile_header(CompileState& state, const SourceNode& root) {
  state.reader.mapping(root, "a protocol",
                       {"tollgate", "id", "version", "title", "summary", "language", "options", "enums", "records",
                        "rubrics", "stages", "checks", "decisions", "charter", "references", "tests"});
  if (const SourceNode* format = state.reader.member(root, "tollgate", Presence::kRequired);
      format != nullptr && format->scalar != "1") {
    state.reader.error(*format, fmt::format("format version '{}' is not known", base::shortened(format->scalar, 20)),
                       "this program reads `tollgate: 1`");
  }
  Protocol& protocol = state.protocol;
  protocol.id = state.reader.text(root, "id", Presence::kRequired);
  if (!protocol.id.empty() && !is_protocol_id(protocol.id)) {
    state.reader.error(*root.find("id"),
                       fmt::format("'{}' cannot be a protocol's id", base::shortened(protocol.id, 64)),
                       "use lower-case letters, digits and -, starting with a letter");
  }
  protocol.version = state.reader.text(root, "version", Presence::kRequired);
  protocol.title = state.reader.text(root, "title", Presence::kRequired);
  protocol.summary = state.reader.text(root, "summary");
  if (auto language = state.reader.text(root, "language"); !language.empty()) protocol.language = std::move(language);
}

CompileResult finish(CompileState& state, std::size_t tests_run) {
  CompileResult result;
  const bool failed = state.reader.failed();
  result.diagnostics = state.reader.take_diagnostics();
  std::sort(result.diagnostics.begin(), result.diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.file, a.line, a.column, a.message) < std::tie(b.file, b.line, b.column, b.message);
  });
  result.tests_run = tests_run;
  if (!failed) result.protocol = std::make_shared<const Protocol>(std::move(state.protocol));
  return result;
}

CompileResult refused(Diagnostic diagnostic) {
  CompileResult result;
  result.diagnostics.push_back(std::move(diagnostic));
  return result;
}

}  // namespace

CompileResult compile(const SourceNode& root, SelfTest self_test) {
  CompileState state;
  compile_header(state, root);
  compile_enums(state, root);
  compile_options(state, root);
  compile_records(state, root);
  compile_rubrics(state, root);
  declare_questions(state, root);
  if (!state.stage_names.empty()) {
    compile_questions(state);
    compile_gates(state);
    compile_checks(state, root);
    compile_decisions(state, root);
    compile_charter(state, root);
    check_dependencies(state);
  }
  state.protocol.canonical = to_canonical(root);
  state.protocol.hash = base::Sha256::of(state.protocol.canonical);
  std::size_t tests_run = 0;
  if (self_test == SelfTest::kRun && !state.reader.failed()) {
    check_examples(state.protocol, state.question_nodes, state.reader);
    tests_run = run_tests(state.protocol, root, state.reader);
  }
  return finish(state, tests_run);
}

CompileResult compile_file(const std::string& path, const FileReader& read) {
  const auto source = load_source(path, read);
  return source ? compile(*source) : refused(source.error());
}

CompileResult compile_canonical(std::string_view canonical) {
  const auto source = parse_yaml(canonical, "pinned protocol", kMaxSourceFiles * kMaxSourceBytes);
  return source ? compile(*source, SelfTest::kSkip) : refused(source.error());
}

CompileResult compile_text(std::string_view text, const std::string& file) {
  const auto source = parse_yaml(text, file);
  return source ? compile(*source) : refused(source.error());
}

}  // namespace tollgate::protocol
