#include "sim/fault.hpp"

#include <gtest/gtest.h>

namespace tollgate::sim {
namespace {

TEST(Fault, ReadsAList) {
  const auto faults = parse_faults("429,reset,half");
  ASSERT_TRUE(faults.has_value());
  EXPECT_EQ(*faults, (std::vector{Fault::kRateLimited, Fault::kReset, Fault::kHalf}));
}

TEST(Fault, NamesTheUnknownOne) {
  const auto faults = parse_faults("429,explode");
  ASSERT_FALSE(faults.has_value());
  EXPECT_NE(faults.error().message.find("explode"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::sim
