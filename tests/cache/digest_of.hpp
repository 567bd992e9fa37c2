// A key's digest for each number.
#pragma once

#include <string>

namespace tollgate::cache {

inline std::string digest_of(unsigned number) {
  auto text = std::to_string(number);
  return std::string(64 - text.size(), '0') + text;
}

}  // namespace tollgate::cache
