// A model of a provider, as configuration names it: PROVIDER/MODEL. A model's name may hold slashes, a provider's not.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::llm {

struct Target {
  std::string provider;
  std::string model;

  std::string to_string() const { return provider + '/' + model; }
  static std::optional<Target> parse(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return std::nullopt;
    return Target{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  }

  friend auto operator<=>(const Target&, const Target&) = default;
};

}  // namespace tollgate::llm
