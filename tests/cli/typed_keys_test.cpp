#include "cli/typed_keys.hpp"

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

TEST(TypedKeys, LoseTheSequencesOfArrowsAndOtherKeys) {
  EXPECT_EQ(text_of_keys("40 peple\x1b[D\x1b[D\x1bOD\x1b[3~ more"), "40 peple more");
  EXPECT_EQ(text_of_keys("clear\x0c it\x7f"), "clear it");
  EXPECT_EQ(text_of_keys("broken \x1b["), "broken ");
  EXPECT_EQ(text_of_keys("\x1b"), "");
}

TEST(TypedKeys, KeepTextTabsAndLineEnds) {
  EXPECT_EQ(text_of_keys("Größe\tof 日本\nnext"), "Größe\tof 日本\nnext");
}

TEST(TypedKeys, LoseTheMarksOfAPaste) {
  EXPECT_EQ(text_of_keys("\x1b[200~two\nlines\x1b[201~ and more"), "two\nlines and more");
}

TEST(TypedKeys, KnowAPasteThatGoesOn) {
  EXPECT_TRUE(paste_is_open("\x1b[200~first line"));
  EXPECT_FALSE(paste_is_open("\x1b[200~all of it\x1b[201~"));
  EXPECT_TRUE(paste_is_open("\x1b[200~one\x1b[201~\x1b[200~two"));
  EXPECT_FALSE(paste_is_open("typed"));
}

}  // namespace
}  // namespace tollgate::cli
