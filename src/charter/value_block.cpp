#include "charter/value_block.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/row_table.hpp"
#include "charter/value_text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using base::Value;
using protocol::AnswerKind;
using protocol::Question;
using protocol::Type;

bool holds_rows(const Type& type) {
  return type.kind == Type::Kind::kList && type.element && type.element->kind == Type::Kind::kRecord;
}

std::vector<Block> rows_as_blocks(const protocol::Protocol& protocol, const Question& question, const Value& value) {
  std::vector<Block> blocks;
  if (value.if_list()->empty()) return {Paragraph{plain("None.")}};
  const auto columns = question.type.record ? columns_of(*question.type.record)
                                            : columns_of(*question.value_type.element->record, protocol);
  auto printed = row_tables(columns, *value.if_list());
  for (auto& table : printed.tables) blocks.emplace_back(std::move(table));
  if (!printed.omitted.empty()) blocks.emplace_back(Paragraph{{{std::move(printed.omitted), Style::kEmphasis}}});
  return blocks;
}

// One value per enum value. Risk levels become a table, whose cells can be tinted.
std::vector<Block> map_as_blocks(const Question& question, const Value& value) {
  const Type& type = question.value_type;
  Table table{{}, {{question.value_type.enumeration->id.empty() ? "" : in_words(type.enumeration->id)}, {"Value"}}, {}};
  Facts facts;
  for (const auto& key : type.enumeration->values) {
    const Value& item = value[key.id];
    if (item.is_null()) continue;
    std::string text = value_text({}, *type.element, item);
    table.rows.push_back({{plain(key.label)}, {plain(text), tone_of_value(*type.element, item)}});
    facts.items.emplace_back(key.label, plain(std::move(text)));
  }
  if (facts.items.empty()) return {Paragraph{plain("None.")}};
  const auto& levels = type.element->enumeration;
  const bool tinted = type.element->kind == Type::Kind::kEnum && levels && grades_risk(*levels);
  if (tinted) return {std::move(table)};
  return {std::move(facts)};
}

std::vector<Block> list_as_blocks(const Question& question, const Value& value) {
  Bullets bullets;
  for (const auto& item : *value.if_list())
    bullets.items.push_back(plain(protocol::to_display(item, *question.value_type.element)));
  if (bullets.items.empty()) return {Paragraph{plain("None.")}};
  return {std::move(bullets)};
}

}  // namespace

std::optional<Text> as_fact(const Question& question, const Value& value) {
  const Type& type = question.value_type;
  if (type.kind == Type::Kind::kMap || holds_rows(type) || question.type.kind == AnswerKind::kLongText) return {};
  std::string text = value_text(question.type, type, value);
  const bool is_file = question.type.kind == AnswerKind::kFile;
  if (!is_file && (text.size() > kMaxFactBytes || text.find('\n') != std::string::npos)) return {};
  // Choices stand well on one line, texts and names do not.
  const auto* items = value.if_list();
  const bool is_itemised = protocol::is_list(question.type.kind) && question.type.kind != AnswerKind::kMultiEnum;
  if (items != nullptr && items->size() > 1 && is_itemised) return {};
  return plain(text.empty() ? "none" : std::move(text));
}

std::vector<Block> as_blocks(const protocol::Protocol& protocol, const Question& question, const Value& value) {
  const Type& type = question.value_type;
  if (holds_rows(type) && value.is_list()) return rows_as_blocks(protocol, question, value);
  if (type.kind == Type::Kind::kMap && value.is_record()) return map_as_blocks(question, value);
  if (value.is_list() && type.element) return list_as_blocks(question, value);
  std::string text = value_text(question.type, type, value);
  if (question.is_derived()) return {Paragraph{plain(std::move(text))}};
  return {Quote{std::move(text)}};
}

std::string remark_on(const AnswerLine& line) {
  std::vector<std::string> parts;
  if (line.answer->source == session::AnswerSource::kDefault) parts.emplace_back("default of the protocol");
  if (line.answer->source == session::AnswerSource::kDrafted)
    parts.push_back("drafted by " + (line.answer->author.empty() ? "a model" : line.answer->author));
  if (line.is_escalated() && line.assessment != nullptr)
    parts.push_back(
        fmt::format("kept with {} of 10 after {}", line.assessment->score, counted(line.attempts, "attempt")));
  const bool open =
      line.status == session::QuestionStatus::kPending || line.status == session::QuestionStatus::kRejected;
  if (open) parts.push_back(verdict_of(line));
  return base::join(parts, ", ");
}

}  // namespace tollgate::charter
