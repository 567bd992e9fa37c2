#include "base/text.hpp"

#include <gtest/gtest.h>

namespace tollgate::base {
namespace {

TEST(Text, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_FALSE(find_invalid_utf8("Zürich – 東京 🙂"));
  EXPECT_EQ(find_invalid_utf8("ab\xc0\xaf"), 2);         // overlong
  EXPECT_EQ(find_invalid_utf8("\xed\xa0\x80"), 0);       // surrogate
  EXPECT_EQ(find_invalid_utf8("x\xf4\x90\x80\x80"), 1);  // beyond U+10FFFF
  EXPECT_EQ(find_invalid_utf8("caf\xc3"), 3);            // cut short
}

TEST(Text, ShortensAtACharacter) {
  EXPECT_EQ(shortened("éé", 3), "é…");
  EXPECT_EQ(shortened("ab", 2), "ab");
}

TEST(Text, SuggestsTheNearestName) {
  const std::vector<std::string> names = {"business_problem", "constraints", "ml_task_type"};
  EXPECT_EQ(nearest("buisness_problem", names), "business_problem");
  EXPECT_EQ(nearest("zebra", names), std::nullopt);
  EXPECT_EQ(nearest("ox", std::vector<std::string>{"id"}), std::nullopt);
}

}  // namespace
}  // namespace tollgate::base
