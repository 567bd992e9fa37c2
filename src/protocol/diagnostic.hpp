// A mistake in a protocol or brief, told so that its author can fix it: where, what, and how.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tollgate::protocol {

enum class DiagnosticLevel { kError, kWarning };

struct Diagnostic {
  DiagnosticLevel level = DiagnosticLevel::kError;
  std::string file{};
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
  std::string message;
  std::string hint{};
};

// "protocols/x.yaml:12:5: error: unknown question 'S1.kpi'\n  hint: did you mean 'S2.kpis'?"
std::string to_string(const Diagnostic& diagnostic);
std::string to_string(const std::vector<Diagnostic>& diagnostics);
bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace tollgate::protocol
