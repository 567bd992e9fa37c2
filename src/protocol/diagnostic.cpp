#include "protocol/diagnostic.hpp"

#include <algorithm>

namespace tollgate::protocol {

std::string to_string(const Diagnostic& diagnostic) {
  std::string out = diagnostic.file.empty() ? "protocol" : diagnostic.file;
  if (diagnostic.line > 0) out += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
  out += diagnostic.level == DiagnosticLevel::kError ? ": error: " : ": warning: ";
  out += diagnostic.message;
  if (!diagnostic.hint.empty()) out += "\n  hint: " + diagnostic.hint;
  return out;
}

std::string to_string(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const auto& diagnostic : diagnostics) {
    if (!out.empty()) out += '\n';
    out += to_string(diagnostic);
  }
  return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) { return diagnostic.level == DiagnosticLevel::kError; });
}

}  // namespace tollgate::protocol
