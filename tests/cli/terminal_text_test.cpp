#include "cli/terminal_text.hpp"

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

TEST(TerminalText, LosesWhatCouldSteerTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mred\x07"), "a[31mred");
  EXPECT_EQ(printable("left\u202eright"), "leftright");
  EXPECT_EQ(printable("\u009b31m"), "31m");
  EXPECT_EQ(printable("two\nlines\tand a tab"), "two\nlines and a tab");
}

TEST(TerminalText, ShowsAMarkForEachBrokenByte) {
  EXPECT_EQ(printable("a\xff\xfe"
                      "b"),
            "a??b");
}

TEST(TerminalText, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("Größe"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(TerminalText, WrapsAtSpacesAndBreaksOnlyWordsThatAreTooLong) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrapped("a\n\nb", 10), (std::vector<std::string>{"a", "", "b"}));
}

TEST(TerminalText, WrapsWideCharactersIntoASingleColumnWithoutStalling) {
  EXPECT_EQ(wrapped("日本", 1), (std::vector<std::string>{"日", "本"}));
}

TEST(TerminalText, CutsWithAnEllipsis) {
  EXPECT_EQ(clipped("abcdef", 4), "abc…");
  EXPECT_EQ(clipped("two\nlines", 20), "two lines");
  EXPECT_EQ(padded("ab", 4), "ab  ");
}

TEST(TerminalText, AlignsRowsAndNumbersThem) {
  const auto lines = table_lines({"Name", "Cost"}, {{"Anna", "EUR 5"}, {"B", "EUR 1,200"}}, 60);
  EXPECT_EQ(lines, (std::vector<std::string>{"   Name  Cost", "1  Anna  EUR 5", "2  B     EUR 1,200"}));
}

TEST(TerminalText, KeepsTablesWithinTheTerminal) {
  const std::vector<std::string> head(12, "A long column title");
  const std::vector<std::vector<std::string>> rows(2, std::vector<std::string>(12, "some longer cell text"));
  for (const auto& line : table_lines(head, rows, 60)) {
    EXPECT_LE(display_width(line), 60U) << line;
    EXPECT_TRUE(line.ends_with("…")) << line;
  }
}

}  // namespace
}  // namespace tollgate::cli
