#include "charter/clean_text.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

TEST(CleanText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(clean("a\xc0\xaf z"), "a\uFFFD\uFFFD z");
  EXPECT_EQ(clean("caf\xc3"), "caf\uFFFD");
  EXPECT_EQ(clean("Zürich 東京 🙂"), "Zürich 東京 🙂");
}

TEST(CleanText, KnowsOneLineEnd) {
  EXPECT_EQ(clean("a\r\nb\rc\u2028d\u0085e"), "a\nb\nc\nd\ne");
  EXPECT_EQ(clean("a\tb"), "a b");
}

TEST(CleanText, DropsWhatDeceivesTheEye) {
  using namespace std::string_literals;
  EXPECT_EQ(clean("a\0b\x1b[31mc\x7f"s), "ab[31mc");
  EXPECT_EQ(clean("safe\u202Egnp.exe\u2066\uFEFF"), "safegnp.exe");
}

TEST(CleanText, MakesOneLineOfMany) {
  EXPECT_EQ(clean_line("\n one\ntwo \n"), "one two");
}

}  // namespace
}  // namespace tollgate::charter
