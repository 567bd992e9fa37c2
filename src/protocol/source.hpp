// YAML text as a tree that remembers where each value came from, with every bound of docs/protocol.md enforced.
//
// This is the only place that knows yaml-cpp. Scalars stay text with a flag whether they were quoted; what they mean
// is decided by whoever reads them. Aliases are expanded (and counted against the bound), merge keys are not special.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "protocol/diagnostic.hpp"

namespace tollgate::protocol {

inline constexpr std::size_t kMaxSourceBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSourceFiles = 32;
inline constexpr std::size_t kMaxSourceNodes = 100'000;
inline constexpr std::size_t kMaxSourceDepth = 64;

struct Position {
  std::shared_ptr<const std::string> file;
  int line = 0;  // from 1
  int column = 0;
};

struct SourceNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  Position at{};
  std::string scalar{};
  bool quoted = false;
  std::vector<SourceNode> items{};                           // kSequence
  std::vector<std::pair<SourceNode, SourceNode>> members{};  // kMapping, in order, keys unique scalars

  const SourceNode* find(std::string_view key) const;
  bool is_mapping() const { return kind == Kind::kMapping; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_null() const { return kind == Kind::kNull; }
};

// Parses one document. Diagnostics carry `file` as given. More than one document, a duplicate key, a non-scalar key,
// invalid UTF-8 and every exceeded bound are errors.
std::expected<SourceNode, Diagnostic> parse_yaml(std::string_view text, const std::string& file,
                                                 std::size_t max_bytes = kMaxSourceBytes);

std::size_t count_nodes(const SourceNode& node);  // itself, keys and values

// Plain data meaning of a node (YAML 1.2 core schema): unquoted true/false, null, numbers; everything else is text.
base::Value to_value(const SourceNode& node);

// The tree as JSON text: comments, layout and aliases gone, order kept because it carries meaning (columns of a table).
// Parsing it gives an equal tree; its SHA-256 is a protocol's identity.
std::string to_canonical(const SourceNode& node);

}  // namespace tollgate::protocol
