#include "charter/row_table.hpp"

#include <gtest/gtest.h>

namespace tollgate::charter {
namespace {

using base::Value;

std::vector<RowColumn> text_columns(int count) {
  std::vector<RowColumn> columns;
  for (int i = 0; i < count; ++i) {
    const std::string id = "c" + std::to_string(i);
    columns.push_back({id, id, {}, protocol::Type::of(protocol::Type::Kind::kString)});
  }
  return columns;
}

Value::Record full_row(int count) {
  Value::Record row;
  for (int i = 0; i < count; ++i) row.emplace("c" + std::to_string(i), "v" + std::to_string(i));
  return row;
}

TEST(RowTable, LeavesColumnsWithoutAnyValueOut) {
  const auto printed = row_tables(text_columns(3), {Value::Record{{"c0", "a"}}, Value::Record{{"c2", "b"}}});
  ASSERT_EQ(printed.tables.size(), 1U);
  ASSERT_EQ(printed.tables[0].columns.size(), 2U);
  EXPECT_EQ(printed.tables[0].columns[1].title, "c2");
  EXPECT_TRUE(printed.omitted.empty());
}

TEST(RowTable, SplitsManyColumnsIntoTablesThatRepeatTheFirst) {
  const auto printed = row_tables(text_columns(9), {full_row(9)});
  ASSERT_EQ(printed.tables.size(), 2U);
  EXPECT_EQ(printed.tables[0].columns.size(), 5U);
  ASSERT_EQ(printed.tables[1].columns.size(), 5U);
  EXPECT_EQ(printed.tables[1].columns[0].title, "c0");
  EXPECT_EQ(printed.tables[1].rows[0][4].text[0].text, "v8");
}

TEST(RowTable, BoundsRowsAndTextsAndSaysSo) {
  Value::List rows(kMaxRows + 7, full_row(1));
  rows[0].if_record()->insert_or_assign("c0", std::string(kMaxCellBytes + 1, 'x'));
  const auto printed = row_tables(text_columns(1), rows);
  EXPECT_EQ(printed.tables[0].rows.size(), kMaxRows);
  EXPECT_LE(printed.tables[0].rows[0][0].text[0].text.size(), kMaxCellBytes + 3);
  EXPECT_EQ(printed.omitted,
            "The first 500 of 507 rows. 1 text shortened here. The JSON form of this charter holds everything.");
}

}  // namespace
}  // namespace tollgate::charter
