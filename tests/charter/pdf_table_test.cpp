#include "charter/pdf_table.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

class PdfTableTest : public testing::Test {
 protected:
  void SetUp() override {
    auto engine = TextEngine::make("en");
    ASSERT_TRUE(engine) << engine.error().message;
    engine_.emplace(*std::move(engine));
  }

  std::optional<TextEngine> engine_;
};

Table table(std::vector<Column> columns, std::vector<std::string> row) {
  Table table{"", std::move(columns), {{}}};
  for (auto& text : row) table.rows.front().push_back({plain(std::move(text))});
  return table;
}

TEST_F(PdfTableTest, GivesColumnsTheirShareOfTheWidth) {
  const auto tracks = tracks_of(*engine_, table({{"A"}, {"B", Align::kLeft, 3}}, {"x", "y"}));
  EXPECT_NEAR(tracks.at(0).width * 3, tracks.at(1).width, 0.01);
  EXPECT_NEAR(tracks.at(1).x + tracks.at(1).width, kLeft + kBodyWidth, 0.01);
}

TEST_F(PdfTableTest, WidensAColumnForItsLongestWord) {
  const auto tracks =
      tracks_of(*engine_, table({{"Incomprehensibility"}, {"B", Align::kLeft, 30}}, {"12,345", "a few words"}));
  const double title = engine_->width_of("Incomprehensibility", {.size = kTableSize, .weight = Weight::kBold});
  EXPECT_GT(tracks.at(0).width, title);
  EXPECT_LT(tracks.at(0).width, title * 1.4);
}

TEST_F(PdfTableTest, StaysOnThePageWhateverTheWords) {
  const std::string word(500, 'W');
  std::vector<Column> columns(40, {word});
  const auto tracks = tracks_of(*engine_, table(columns, std::vector<std::string>(40, word)));
  EXPECT_NEAR(tracks.back().x + tracks.back().width, kLeft + kBodyWidth, 0.01);
}

TEST_F(PdfTableTest, SplitsARowBetweenLinesOnlyWhenItIsTooTall) {
  const RowCell cell{engine_->set(plain("a\nb\nc"), {}, 100), {kLeft, 120}, Tone::kBad};
  EXPECT_EQ(row_of({cell}, 500).size(), 1);
  const Strip split = row_of({cell}, 20);
  EXPECT_EQ(split.size(), 3);
  EXPECT_EQ(split.at(0).keep, Keep::kWithNext);
}

TEST_F(PdfTableTest, SetsLongTextWithoutASeam) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "word ";
  const auto block = engine_->set(plain(text), {}, 300);
  const auto& lines = block->lines();
  const double first = lines.front().height;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(lines[i].glyphs->length, lines.front().glyphs->length) << "line " << i;
    EXPECT_EQ(lines[i].height, first);
  }
}

TEST_F(PdfTableTest, FindsLinksInTheLinesTheyAreOn) {
  const auto block = engine_->set({{"see "}, {"a\nb", Style::kPlain, "https://e.com"}, {" end"}}, {}, 300);
  ASSERT_EQ(block->lines().size(), 2);
  ASSERT_EQ(block->lines().at(0).links.size(), 1);
  EXPECT_GT(block->lines().at(0).links.front().x, 10);
  EXPECT_EQ(block->lines().at(1).links.front().x, 0);
  EXPECT_EQ(block->lines().at(1).links.front().target, "https://e.com");
}

}  // namespace
}  // namespace tollgate::charter
