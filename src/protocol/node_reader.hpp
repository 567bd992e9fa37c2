// Typed access to a source tree: reads what a key should hold and turns every deviation into a diagnostic, so that one
// pass over a protocol finds all its mistakes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/diagnostic.hpp"
#include "protocol/expression.hpp"
#include "protocol/source.hpp"

namespace tollgate::protocol {

enum class Presence { kOptional, kRequired };

class NodeReader {
 public:
  void error(const SourceNode& at, std::string message, std::string hint = {});
  void warning(const SourceNode& at, std::string message, std::string hint = {});
  // An expression's error, placed inside the scalar it was written in.
  void error(const SourceNode& at, const ExpressionError& error);
  bool failed() const { return has_errors(diagnostics_); }
  std::vector<Diagnostic> take_diagnostics() { return std::move(diagnostics_); }

  // Reports keys that are not in `known`; false when `node` is no mapping at all (reported as well).
  bool mapping(const SourceNode& node, std::string_view what, std::initializer_list<std::string_view> known);
  // nullptr, and a report when required.
  const SourceNode* member(const SourceNode& node, std::string_view key, Presence presence = Presence::kOptional);
  const SourceNode* sequence(const SourceNode& node, std::string_view key, Presence presence = Presence::kOptional);

  std::string text(const SourceNode& node, std::string_view key, Presence presence = Presence::kOptional);
  std::string identifier(const SourceNode& node, std::string_view key);  // [A-Za-z][A-Za-z0-9_]*, required
  bool is_identifier(const SourceNode& scalar, std::string_view what);   // reports when not
  std::optional<std::int64_t> integer(const SourceNode& node, std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<base::Decimal> decimal(const SourceNode& node, std::string_view key);
  std::optional<bool> boolean(const SourceNode& node, std::string_view key);
  std::vector<std::string> texts(const SourceNode& node, std::string_view key);  // a list of scalars; one scalar counts
  std::vector<const SourceNode*> scalars(const SourceNode& node, std::string_view key);  // the same with their places
  // One of `choices`; nullopt when absent; a report with a suggestion otherwise.
  std::optional<std::string> choice(const SourceNode& node, std::string_view key,
                                    std::initializer_list<std::string_view> choices);

 private:
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace tollgate::protocol
