#include "charter/row_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/value_text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using base::Value;

struct PrintedColumn {
  Column column;
  std::vector<Cell> cells;  // one per row
};

int weight_for(std::size_t longest) {
  if (longest <= 12) return 2;
  if (longest <= 30) return 3;
  return longest <= 80 ? 5 : 8;
}

Align align_of(const protocol::Type& type) {
  return type.is_numeric() || type.kind == protocol::Type::Kind::kMoney ? Align::kRight : Align::kLeft;
}

class Printer {
 public:
  explicit Printer(const Value::List& rows) : rows_(rows), shown_(std::min(rows.size(), kMaxRows)) {}

  // Only columns in which a row has something to say.
  void print(const RowColumn& column) {
    PrintedColumn printed{{column.title, align_of(column.value_type)}, {}};
    std::size_t longest = 0;
    for (std::size_t row = 0; row < shown_; ++row) {
      const Value& value = rows_[row][column.id];
      std::string text = value_text(column.type, column.value_type, value);
      if (text.size() > kMaxCellBytes) {
        text = base::shortened(text, kMaxCellBytes);
        ++cut_;
      }
      longest = std::max(longest, text.size());
      printed.cells.push_back({plain(std::move(text)), tone_of_value(column.value_type, value)});
    }
    if (longest == 0) return;
    printed.column.weight = std::max(weight_for(longest), weight_for(column.title.size() / 2));
    columns_.push_back(std::move(printed));
  }

  RowTables tables() const {
    RowTables out;
    const std::size_t share = columns_per_table();
    for (std::size_t next = 0; next < columns_.size();) {
      std::vector<const PrintedColumn*> part{&columns_.front()};
      if (next == 0) ++next;
      while (next < columns_.size() && part.size() < share) part.push_back(&columns_[next++]);
      out.tables.push_back(assemble(part));
    }
    out.omitted = omitted();
    return out;
  }

 private:
  // Evenly over as few tables as possible; the first column is in each.
  std::size_t columns_per_table() const {
    if (columns_.size() <= kMaxColumns) return kMaxColumns;
    const std::size_t others = columns_.size() - 1;
    const std::size_t tables = (others + kMaxColumns - 2) / (kMaxColumns - 1);
    return 1 + (others + tables - 1) / tables;
  }
  Table assemble(const std::vector<const PrintedColumn*>& columns) const {
    Table table;
    for (const auto* column : columns) table.columns.push_back(column->column);
    for (std::size_t row = 0; row < shown_; ++row) {
      auto& cells = table.rows.emplace_back();
      for (const auto* column : columns) cells.push_back(column->cells[row]);
    }
    return table;
  }
  std::string omitted() const {
    std::string text;
    if (shown_ < rows_.size()) text = fmt::format("The first {} of {} rows. ", shown_, rows_.size());
    if (cut_ > 0) text += fmt::format("{} shortened here. ", counted(cut_, "text"));
    return text.empty() ? text : text + "The JSON form of this charter holds everything.";
  }

  const Value::List& rows_;
  const std::size_t shown_;
  std::size_t cut_ = 0;
  std::vector<PrintedColumn> columns_;
};

}  // namespace

std::vector<RowColumn> columns_of(const protocol::RecordDefinition& record) {
  std::vector<RowColumn> columns;
  for (const auto& field : record.fields) {
    const auto* member = record.type ? record.type->find(field.id) : nullptr;
    columns.push_back({field.id, field.label, field.type, member == nullptr ? protocol::Type{} : member->type});
  }
  return columns;
}

std::vector<RowColumn> columns_of(const protocol::RecordType& record, const protocol::Protocol& protocol) {
  for (const auto& question : protocol.questions) {
    const auto& definition = question.type.record;
    if (definition && !record.id.empty() && definition->id == record.id) return columns_of(*definition);
  }
  std::vector<RowColumn> columns;
  for (const auto& member : record.members)
    columns.push_back({member.id, in_words(member.id), protocol::AnswerType{}, member.type});
  return columns;
}

RowTables row_tables(const std::vector<RowColumn>& columns, const Value::List& rows) {
  Printer printer(rows);
  for (const auto& column : columns) printer.print(column);
  return printer.tables();
}

}  // namespace tollgate::charter
