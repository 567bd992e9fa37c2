// From YAML to a Protocol: every mistake of docs/protocol.md is found here, with file, line and a hint.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/diagnostic.hpp"
#include "protocol/include.hpp"
#include "protocol/model.hpp"
#include "protocol/source.hpp"

namespace tollgate::protocol {

struct CompileResult {
  std::shared_ptr<const Protocol> protocol;  // null when there are errors
  std::vector<Diagnostic> diagnostics;       // errors and warnings, in the order of the file
  std::size_t tests_run = 0;
};

// Whether the embedded tests and examples are run: always for a file somebody wrote; not again for a pinned protocol
// that passed them when it was pinned.
enum class SelfTest { kRun, kSkip };

CompileResult compile(const SourceNode& root, SelfTest self_test = SelfTest::kRun);

// A file and its includes.
CompileResult compile_file(const std::string& path, const FileReader& read = read_source_file);

// A protocol as a session pinned it.
CompileResult compile_canonical(std::string_view canonical);

// One source text without includes: tests and fuzzing.
CompileResult compile_text(std::string_view text, const std::string& file = "protocol.yaml");

}  // namespace tollgate::protocol
