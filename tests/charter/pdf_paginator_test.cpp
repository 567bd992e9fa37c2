#include "charter/pdf_paginator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/pdf_strip.hpp"

namespace tollgate::charter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A slice that can be found again: its only mark is a landmark with its name.
Slice slice(std::string name, double height, Keep keep = Keep::kFree) {
  return {.height = height, .keep = keep, .marks = {Landmark{1, std::move(name), "", 0}}};
}

// Pages of 100 points below a top margin of 10.
class PaginatorTest : public testing::Test {
 protected:
  std::vector<std::string> names(std::size_t page) const {
    std::vector<std::string> names;
    for (const auto& mark : pages_.at(page).marks) names.push_back(std::get<Landmark>(mark).title);
    return names;
  }
  double y(std::size_t page, std::size_t mark) const { return std::get<Landmark>(pages_.at(page).marks.at(mark)).y; }

  std::vector<Page> pages_;
  Paginator paginator_{10, 100, 3, [this](Page page) { pages_.push_back(std::move(page)); }};
};

TEST_F(PaginatorTest, StacksSlicesAndBreaksWhenThePageIsFull) {
  for (const auto* name : {"a", "b", "c"}) paginator_.add(slice(name, 50));
  paginator_.finish();
  ASSERT_EQ(pages_.size(), 2);
  EXPECT_THAT(names(0), ElementsAre("a", "b"));
  EXPECT_THAT(names(1), ElementsAre("c"));
  EXPECT_EQ(y(0, 0), 10);
  EXPECT_EQ(y(0, 1), 60);
  EXPECT_EQ(y(1, 0), 10);
}

TEST_F(PaginatorTest, MovesAHeadingToThePageOfWhatFollows) {
  paginator_.add(slice("a", 60));
  paginator_.add(slice("heading", 20, Keep::kWithNext));
  paginator_.add(slice("b", 30));
  paginator_.finish();
  EXPECT_THAT(names(0), ElementsAre("a"));
  EXPECT_THAT(names(1), ElementsAre("heading", "b"));
}

TEST_F(PaginatorTest, BreaksAChainThatFitsNoPage) {
  for (const auto* name : {"a", "b", "c"}) paginator_.add(slice(name, 60, Keep::kWithNext));
  paginator_.finish();
  EXPECT_EQ(pages_.size(), 3);
}

TEST_F(PaginatorTest, DropsSpaceAtTheTopOfAPage) {
  for (int i = 0; i < 4; ++i) {
    Slice spaced = slice("s", 40);
    spaced.space_before = 15;
    paginator_.add(std::move(spaced));
  }
  paginator_.finish();
  ASSERT_EQ(pages_.size(), 2);
  EXPECT_EQ(y(0, 0), 10);
  EXPECT_EQ(y(0, 1), 65);
  EXPECT_EQ(y(1, 0), 10);
}

TEST_F(PaginatorTest, RepeatsATablesHeaderOnEveryPage) {
  const auto header = std::make_shared<const Slice>(slice("header", 10));
  paginator_.add(slice("header", 10, Keep::kWithNext));
  for (const auto* name : {"1", "2", "3", "4"}) {
    Slice row = slice(name, 40);
    row.header = header;
    paginator_.add(std::move(row));
  }
  paginator_.finish();
  EXPECT_THAT(names(0), ElementsAre("header", "1", "2"));
  EXPECT_THAT(names(1), ElementsAre("header", "3", "4"));
}

TEST_F(PaginatorTest, BreaksPagesOnRequestButMakesNoEmptyOnes) {
  paginator_.break_page();
  paginator_.add(slice("a", 10));
  paginator_.break_page();
  paginator_.break_page();
  paginator_.finish();
  EXPECT_EQ(pages_.size(), 1);
}

TEST_F(PaginatorTest, StopsAtItsLastPage) {
  for (int i = 0; i < 9; ++i) paginator_.add(slice("a", 100));
  paginator_.finish();
  EXPECT_TRUE(paginator_.is_full());
  EXPECT_EQ(pages_.size(), 3);
}

TEST_F(PaginatorTest, MakesOnePageOfNothing) {
  paginator_.finish();
  ASSERT_EQ(pages_.size(), 1);
  EXPECT_THAT(names(0), IsEmpty());
}

TEST(Strip, PadsAndFillsItsSlices) {
  Strip strip = {slice("a", 10), slice("b", 10)};
  pad_top(strip, 4);
  pad_bottom(strip, 6);
  fill(strip, 5, 100, kRule);
  EXPECT_EQ(strip.front().height, 14);
  EXPECT_EQ(std::get<Landmark>(strip.front().marks.front()).y, 4);
  EXPECT_EQ(std::get<Fill>(strip.back().marks.back()).box.height, 16);
}

}  // namespace
}  // namespace tollgate::charter
