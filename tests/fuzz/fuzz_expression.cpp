// Any text either is refused with an offset inside it, or compiles and evaluates to one of the three outcomes; the
// text features take any bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/text_features.hpp"
#include "tests/protocol/sample_scope.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_expression(std::string_view text) {
  using namespace tollgate::protocol;
  static const Scope kScope = sample_scope();
  static const MapEnvironment kAnswered = sample_environment();
  static const MapEnvironment kNothing;
  const auto expression = Expression::compile(text, kScope);
  if (!expression) {
    require(expression.error().offset <= text.size() && !expression.error().message.empty());
    return;
  }
  static_cast<void>(expression->evaluate(kNothing));
  const auto result = expression->evaluate(kAnswered);
  if (const auto* value = std::get_if<tollgate::base::Value>(&result)) {
    static_cast<void>(to_display(*value, expression->type()));
    // A result can stand where its own type is expected.
    require(Expression::compile(text, kScope, expression->type()).has_value());
  }
  for (const auto& reference : expression->unguarded_references()) {
    require(std::find(expression->references().begin(), expression->references().end(), reference) !=
            expression->references().end());
  }
}

void check_template(std::string_view text) {
  using namespace tollgate::protocol;
  static const Scope kScope = sample_scope();
  static const MapEnvironment kAnswered = sample_environment();
  const auto compiled = Template::compile(text, kScope);
  if (compiled) static_cast<void>(compiled->render(kAnswered));
}

void check_features(std::string_view text) {
  using namespace tollgate::protocol;
  require(count_words(text) >= 0 && count_numbers(text) <= count_words(text));
  static_cast<void>(is_vague(text));
  static_cast<void>(is_dismissive(text));
  const auto overlap = similarity(text.substr(0, text.size() / 2), text.substr(text.size() / 2));
  require(overlap >= 0 && overlap <= 100);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_expression(text);
  check_template(text);
  check_features(text);
  return 0;
}
