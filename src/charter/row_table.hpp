// A table answer, or a computed list of records, as tables that fit a page.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "charter/document.hpp"
#include "protocol/model.hpp"

namespace tollgate::charter {

// Bounds of what is printed; charter.json holds everything.
inline constexpr std::size_t kMaxRows = 500;
inline constexpr std::size_t kMaxCellBytes = 4000;
inline constexpr std::size_t kMaxColumns = 6;

struct RowColumn {
  std::string id;
  std::string title;
  protocol::AnswerType type{};
  protocol::Type value_type{};
};

std::vector<RowColumn> columns_of(const protocol::RecordDefinition& record);
// Of a computed record: labels come from the record of the same id, if the protocol defines one.
std::vector<RowColumn> columns_of(const protocol::RecordType& record, const protocol::Protocol& protocol);

struct RowTables {
  std::vector<Table> tables;
  std::string omitted{};  // what the bounds left out, for readers; empty: nothing
};

// Columns without any value are left out. More than kMaxColumns become several tables, each beginning with the first
// column.
RowTables row_tables(const std::vector<RowColumn>& columns, const base::Value::List& rows);

}  // namespace tollgate::charter
