#include "protocol/suggestions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::protocol {

namespace {
constexpr std::size_t kMaxListedNames = 12;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kMaxNameBytes) return {};
  const auto near = base::nearest(word, candidates);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

std::string listed(const std::vector<std::string>& names) {
  const std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMaxListedNames)));
  return base::join(shown, ", ") + (names.size() > shown.size() ? ", …" : "");
}

std::string values_hint(std::string_view word, const EnumDefinition& definition) {
  const auto ids = ids_of(definition.values);
  const auto near = did_you_mean(word, ids);
  return near.empty() ? "its values are " + listed(ids) : near;
}

}  // namespace tollgate::protocol
