// What an error suggests: the nearest known name, or the names there are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/type.hpp"

namespace tollgate::protocol {

inline constexpr std::size_t kMaxNameBytes = 64;  // longer words are no misspelt names

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);  // "" if nothing is near

std::string listed(const std::vector<std::string>& names);  // the first few of them, with commas between
std::string values_hint(std::string_view word, const EnumDefinition& definition);

template <typename Items>
std::vector<std::string> ids_of(const Items& items) {
  std::vector<std::string> ids;
  for (const auto& item : items) ids.push_back(item.id);
  return ids;
}

}  // namespace tollgate::protocol
