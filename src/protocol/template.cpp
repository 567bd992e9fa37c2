#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "protocol/expression.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

// Where the expression that starts at `start` ends: the first "}}" outside its strings and records.
std::size_t find_close(std::string_view text, std::size_t start) {
  char quote = '\0';
  std::size_t depth = 0;
  for (std::size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && depth > 0) {
      --depth;
    } else if (text.substr(i).starts_with(kClose)) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::string render_part(const Expression& expression, const Environment& environment) {
  const auto result = expression.evaluate(environment);
  if (const auto* value = std::get_if<base::Value>(&result)) return to_display(*value, expression.type());
  return std::holds_alternative<Missing>(result) ? "(unanswered)" : "(undefined)";
}

}  // namespace

std::expected<Template, ExpressionError> Template::compile(std::string_view text, const Scope& scope) {
  Template compiled;
  compiled.source_ = text;
  std::size_t at = 0;
  for (;;) {
    const auto open = text.find(kOpen, at);
    if (open != at && at < text.size()) compiled.parts_.emplace_back(std::string(text.substr(at, open - at)));
    if (open == std::string_view::npos) break;
    const std::size_t start = open + kOpen.size();
    const auto close = find_close(text, start);
    if (close == std::string_view::npos) {
      return std::unexpected(ExpressionError{open, "'{{' is not closed", "end the expression with }}"});
    }
    auto expression = Expression::compile(text.substr(start, close - start), scope);
    if (!expression) {
      expression.error().offset += start;
      return std::unexpected(std::move(expression.error()));
    }
    const auto& reads = expression->references();
    compiled.references_.insert(compiled.references_.end(), reads.begin(), reads.end());
    compiled.parts_.emplace_back(*std::move(expression));
    at = close + kClose.size();
  }
  std::sort(compiled.references_.begin(), compiled.references_.end());
  compiled.references_.erase(std::unique(compiled.references_.begin(), compiled.references_.end()),
                             compiled.references_.end());
  return compiled;
}

std::string Template::render(const Environment& environment) const {
  std::string out;
  for (const auto& part : parts_) {
    const auto* text = std::get_if<std::string>(&part);
    out += text != nullptr ? *text : render_part(std::get<Expression>(part), environment);
  }
  return out;
}

}  // namespace tollgate::protocol
