#include "protocol/node_reader.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

std::string suggestion(std::string_view word, std::initializer_list<std::string_view> known) {
  const std::vector<std::string> names(known.begin(), known.end());
  if (const auto near = base::nearest(word, names)) return fmt::format("did you mean '{}'?", *near);
  return "known here: " + base::join(names, ", ");
}

}  // namespace

void NodeReader::error(const SourceNode& at, std::string message, std::string hint) {
  diagnostics_.push_back({DiagnosticLevel::kError, at.at.file ? *at.at.file : "", at.at.line, at.at.column,
                          std::move(message), std::move(hint)});
}

void NodeReader::warning(const SourceNode& at, std::string message, std::string hint) {
  diagnostics_.push_back({DiagnosticLevel::kWarning, at.at.file ? *at.at.file : "", at.at.line, at.at.column,
                          std::move(message), std::move(hint)});
}

void NodeReader::error(const SourceNode& at, const ExpressionError& error) {
  SourceNode inside;
  inside.at = at.at;
  // Exact for the usual case, a scalar on one line; for a block scalar the place of its start.
  if (at.scalar.find('\n') == std::string::npos)
    inside.at.column += static_cast<int>(error.offset) + (at.quoted ? 1 : 0);
  constexpr const char* kUsualHint = "docs/protocol.md, \"Expressions\", lists names, operators and functions";
  this->error(inside, fmt::format("in `{}`: {}", base::shortened(at.scalar, 100), error.message),
              error.hint.empty() ? kUsualHint : error.hint);
}

bool NodeReader::mapping(const SourceNode& node, std::string_view what, std::initializer_list<std::string_view> known) {
  if (!node.is_mapping()) {
    error(node, fmt::format("{} must be a mapping of keys", what),
          fmt::format("known keys: {}", base::join(std::vector<std::string>(known.begin(), known.end()), ", ")));
    return false;
  }
  for (const auto& [key, value] : node.members) {
    if (std::find(known.begin(), known.end(), key.scalar) == known.end()) {
      error(key, fmt::format("unknown key '{}' in {}", base::shortened(key.scalar, 80), what),
            suggestion(key.scalar, known));
    }
  }
  return true;
}

const SourceNode* NodeReader::member(const SourceNode& node, std::string_view key, Presence presence) {
  const SourceNode* value = node.find(key);
  if (value != nullptr && value->is_null()) value = nullptr;
  if (value == nullptr && presence == Presence::kRequired) {
    error(node, fmt::format("the key '{}' is missing", key), fmt::format("add `{}: …`", key));
  }
  return value;
}

const SourceNode* NodeReader::sequence(const SourceNode& node, std::string_view key, Presence presence) {
  const SourceNode* value = member(node, key, presence);
  if (value == nullptr) return nullptr;
  if (!value->is_sequence()) {
    error(*value, fmt::format("'{}' must be a list", key), "start each element with `- `");
    return nullptr;
  }
  return value;
}

std::string NodeReader::text(const SourceNode& node, std::string_view key, Presence presence) {
  const SourceNode* value = member(node, key, presence);
  if (value == nullptr) return {};
  if (!value->is_scalar()) {
    error(*value, fmt::format("'{}' must be text", key), "quote it if it contains ': ' or starts with [ or {");
    return {};
  }
  if (presence == Presence::kRequired && base::trim(value->scalar).empty()) {
    error(*value, fmt::format("'{}' is empty", key), "write a text");
  }
  return value->scalar;
}

bool NodeReader::is_identifier(const SourceNode& scalar, std::string_view what) {
  const std::string& text = scalar.scalar;
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (scalar.is_scalar() && !text.empty() && text.size() <= 64 &&
      std::isalpha(static_cast<unsigned char>(text.front())) != 0 && std::all_of(text.begin(), text.end(), is_word)) {
    return true;
  }
  error(scalar, fmt::format("'{}' cannot be {}", base::shortened(text, 64), what),
        "use 1 to 64 letters, digits and _, starting with a letter");
  return false;
}

std::string NodeReader::identifier(const SourceNode& node, std::string_view key) {
  const SourceNode* value = member(node, key, Presence::kRequired);
  if (value == nullptr || !is_identifier(*value, "an id")) return {};
  return value->scalar;
}

std::optional<std::int64_t> NodeReader::integer(const SourceNode& node, std::string_view key, std::int64_t min,
                                                std::int64_t max) {
  const SourceNode* value = member(node, key);
  if (value == nullptr) return std::nullopt;
  const auto number = base::Decimal::parse(value->scalar);
  const auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole < min || *whole > max) {
    error(*value, fmt::format("'{}' must be a whole number from {} to {}", key, min, max), "write digits alone");
    return std::nullopt;
  }
  return whole;
}

std::optional<base::Decimal> NodeReader::decimal(const SourceNode& node, std::string_view key) {
  const SourceNode* value = member(node, key);
  if (value == nullptr) return std::nullopt;
  const auto number = base::Decimal::parse(value->scalar);
  if (!number) error(*value, fmt::format("'{}' must be a number", key), "write for example 12 or 0.45");
  return number;
}

std::optional<bool> NodeReader::boolean(const SourceNode& node, std::string_view key) {
  const SourceNode* value = member(node, key);
  if (value == nullptr) return std::nullopt;
  if (value->scalar == "true") return true;
  if (value->scalar == "false") return false;
  error(*value, fmt::format("'{}' must be true or false", key), "write one of these words, without quotes");
  return std::nullopt;
}

std::vector<std::string> NodeReader::texts(const SourceNode& node, std::string_view key) {
  std::vector<std::string> out;
  for (const SourceNode* scalar : scalars(node, key)) out.push_back(scalar->scalar);
  return out;
}

std::vector<const SourceNode*> NodeReader::scalars(const SourceNode& node, std::string_view key) {
  const SourceNode* value = member(node, key);
  if (value == nullptr) return {};
  if (value->is_scalar()) return {value};
  std::vector<const SourceNode*> out;
  if (!value->is_sequence()) error(*value, fmt::format("'{}' must be a list of texts", key), "write `[a, b]`");
  for (const auto& item : value->items) {
    if (item.is_scalar()) {
      out.push_back(&item);
    } else {
      error(item, fmt::format("each element of '{}' must be text", key), "quote it if it contains ': '");
    }
  }
  return out;
}

std::optional<std::string> NodeReader::choice(const SourceNode& node, std::string_view key,
                                              std::initializer_list<std::string_view> choices) {
  const SourceNode* value = member(node, key);
  if (value == nullptr) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), value->scalar) == choices.end()) {
    error(*value, fmt::format("'{}' cannot be '{}'", key, base::shortened(value->scalar, 64)),
          suggestion(value->scalar, choices));
    return std::nullopt;
  }
  return value->scalar;
}

}  // namespace tollgate::protocol
