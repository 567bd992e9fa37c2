// `min`, `max` and `max_chars` of questions and columns.
#include <fmt/format.h>

#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

bool has_bounds(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kInt:
    case AnswerKind::kDecimal:
    case AnswerKind::kPercent:
    case AnswerKind::kMoney:
    case AnswerKind::kDuration:
    case AnswerKind::kMultiEnum:
    case AnswerKind::kTextList:
    case AnswerKind::kRefList:
    case AnswerKind::kTable: return true;
    default: return false;
  }
}

void refuse_bounds(CompileState& state, const SourceNode& node, AnswerKind kind) {
  const bool is_text = kind == AnswerKind::kText || kind == AnswerKind::kLongText;
  const std::string type = kind == AnswerKind::kDerived ? "derived value" : std::string(name(kind));
  for (const std::string_view key : {"min", "max"}) {
    const SourceNode* bound = node.find(key);
    if (bound == nullptr) continue;
    state.reader.error(
        *bound, fmt::format("{} {} has no `{}`", kind == AnswerKind::kEnum ? "an" : "a", type, key),
        fmt::format("types with `min` and `max`: int, decimal, percent, money, duration, table<RECORD>, text[], "
                    "multi_enum<NAME>, ref<…>[]{}",
                    is_text ? "; the length of a text is bounded by `max_chars`" : ""));
  }
}

std::optional<base::Duration> read_length(CompileState& state, const SourceNode& node, std::string_view key) {
  const SourceNode* bound = state.reader.member(node, key);
  if (bound == nullptr) return std::nullopt;
  const auto length = base::Duration::parse(bound->scalar);
  if (!length) {
    state.reader.error(*bound, fmt::format("'{}' must be a duration", key),
                       fmt::format("write for example `{}: 1 day`", key));
  } else if (*length < base::Duration()) {
    state.reader.error(*bound, fmt::format("'{}' must not be negative", key), "no answer is a negative duration");
    return std::nullopt;
  }
  return length;
}

}  // namespace

Bounds read_bounds(CompileState& state, const SourceNode& node, AnswerKind kind) {
  Bounds bounds;
  if (kind == AnswerKind::kDuration) {
    bounds.shortest = read_length(state, node, "min").value_or(base::Duration());
    bounds.longest = read_length(state, node, "max");
  } else if (has_bounds(kind)) {
    bounds.min = state.reader.decimal(node, "min");
    bounds.max = state.reader.decimal(node, "max");
  } else {
    refuse_bounds(state, node, kind);
  }
  if ((bounds.min && bounds.max && *bounds.min > *bounds.max) ||
      (bounds.longest && node.find("min") != nullptr && *bounds.shortest > *bounds.longest))
    state.reader.error(*node.find("min"), "`min` is above `max`", "exchange them");
  if (const auto chars = state.reader.integer(node, "max_chars", 1, 100'000))
    bounds.max_chars = static_cast<std::size_t>(*chars);
  return bounds;
}

}  // namespace tollgate::protocol
