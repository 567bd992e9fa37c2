// One mistake in an otherwise good protocol, and what its author is to be told. The line that carries kMark is where
// the mistake must be reported.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/protocol/sample_protocol.hpp"

namespace tollgate::protocol {

inline constexpr std::string_view kMark = "#!";

struct Mistake {
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }
  const char* name;
  ProtocolParts parts;
  const char* message;
  const char* hint = "";
};

class Mistakes : public testing::TestWithParam<Mistake> {};

inline std::string name_of_mistake(const testing::TestParamInfo<Mistake>& row) {
  return row.param.name;
}

}  // namespace tollgate::protocol
