#include "protocol/compile_state.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::protocol {

std::optional<Expression> read_expression(CompileState& state, const SourceNode& scalar, const Scope& scope,
                                          const std::optional<Type>& expected) {
  if (!scalar.is_scalar()) {
    state.reader.error(scalar, "an expression must be text", "quote it: \"size(S1.features) > 0\"");
    return std::nullopt;
  }
  auto compiled = Expression::compile(scalar.scalar, scope, expected);
  if (!compiled) {
    state.reader.error(scalar, compiled.error());
    return std::nullopt;
  }
  return *std::move(compiled);
}

std::optional<Expression> read_condition(CompileState& state, const SourceNode& node, std::string_view key,
                                         const Scope& scope) {
  const SourceNode* scalar = state.reader.member(node, key);
  if (scalar == nullptr) return std::nullopt;
  return read_expression(state, *scalar, scope, Type::of(Type::Kind::kBool));
}

std::optional<Template> read_template(CompileState& state, const SourceNode& scalar, const Scope& scope) {
  if (!scalar.is_scalar()) {
    state.reader.error(scalar, "this must be text", "quote it if it contains ': ' or starts with [ or {");
    return std::nullopt;
  }
  auto compiled = Template::compile(scalar.scalar, scope);
  if (!compiled) {
    state.reader.error(scalar, compiled.error());
    return std::nullopt;
  }
  return *std::move(compiled);
}

std::optional<Template> read_template(CompileState& state, const SourceNode& node, std::string_view key,
                                      const Scope& scope) {
  const SourceNode* scalar = state.reader.member(node, key);
  return scalar == nullptr ? std::nullopt : read_template(state, *scalar, scope);
}

std::vector<QuestionIndex> questions_of(const Protocol& protocol, const std::vector<std::string>& references) {
  std::vector<QuestionIndex> indices;
  for (const auto& reference : references) {
    if (const Question* question = protocol.find_question(reference)) {
      indices.push_back(static_cast<QuestionIndex>(question - protocol.questions.data()));
    }
  }
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  return indices;
}

void warn_unguarded(CompileState& state, const SourceNode& at, const Expression& expression) {
  for (const auto& reference : expression.unguarded_references()) {
    const Question* question = state.protocol.find_question(reference);
    if (question == nullptr || question->required || question->is_derived()) continue;
    state.reader.warning(
        at, fmt::format("reads the optional question {} without has()", reference),
        fmt::format(
            "write `has({0}) && …` or `!has({0}) || …`, or make it required; unanswered, this cannot be decided",
            reference));
  }
}

std::string in_words(std::string_view id) {
  std::string words(id);
  std::replace(words.begin(), words.end(), '_', ' ');
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  return words;
}

}  // namespace tollgate::protocol
