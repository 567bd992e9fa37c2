#include "cli/typed_answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/value_text.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/source.hpp"

namespace tollgate::cli {
namespace {

using base::ErrorCode;
using base::Result;
using base::Value;
using protocol::AnswerKind;

std::vector<Choice> choices_of(const protocol::AnswerType& type, const std::vector<std::string>& names) {
  std::vector<Choice> choices;
  for (const auto& name : names) choices.push_back({name, name});
  if (type.kind != AnswerKind::kEnum && type.kind != AnswerKind::kMultiEnum) return choices;
  for (const auto& value : type.enumeration->values) choices.push_back({value.id, value.label, value.help});
  return choices;
}

bool names(const Choice& choice, const std::string& lower) {
  return base::lower_ascii(choice.value) == lower || base::lower_ascii(choice.label) == lower;
}

// The value meant by a name or a number; what is neither stays as it is, for the type's own message.
std::string chosen(const Slot& slot, std::string_view text) {
  const std::string lower = base::lower_ascii(base::trim(text));
  for (const auto& choice : slot.choices) {
    if (names(choice, lower)) return choice.value;
  }
  const auto number = base::Decimal::parse(lower);
  const auto index = number ? number->to_int64() : std::nullopt;
  if (index && *index >= 1 && *index <= static_cast<std::int64_t>(slot.choices.size()))
    return slot.choices[static_cast<std::size_t>(*index - 1)].value;
  return std::string(base::trim(text));
}

bool is_choice(const Slot& slot, std::string_view text) {
  const std::string value = chosen(slot, text);
  return std::any_of(slot.choices.begin(), slot.choices.end(),
                     [&](const Choice& choice) { return choice.value == value; });
}

Value split_list(const Slot& slot, std::string_view text, char separator) {
  Value::List items;
  for (const auto part : base::split(text, separator)) {
    if (!base::trim(part).empty()) items.emplace_back(chosen(slot, part));
  }
  return items;
}

Result<Value> raw_of(const Slot& slot, std::string_view text) {
  const bool is_list = protocol::is_list(slot.type.kind);
  if (is_list && looks_like_list(text)) return read_pasted_list(text);
  if (is_list && base::lower_ascii(text) == "none" && !is_choice(slot, text)) return Value(Value::List{});
  switch (slot.type.kind) {
    case AnswerKind::kEnum:
    case AnswerKind::kRef: return Value(chosen(slot, text));
    case AnswerKind::kMultiEnum:
      // A label may hold a comma itself.
      return is_choice(slot, text) ? Value(Value::List{chosen(slot, text)}) : split_list(slot, text, ',');
    case AnswerKind::kRefList:
    case AnswerKind::kTextList: {
      std::string items(text);
      std::replace(items.begin(), items.end(), '\n', ';');
      return split_list(slot, items, ';');
    }
    default: return Value(text);
  }
}

// What is no choice, where the type's own message would not help: a number too high, a name of another table.
base::Status check_choices(const Slot& slot, const Value& raw) {
  const auto single = raw.is_list() ? Value::List{} : Value::List{raw};
  for (const auto& item : raw.is_list() ? *raw.if_list() : single) {
    const auto* text = item.if_string();
    if (slot.choices.empty() || text == nullptr || is_choice(slot, *text)) continue;
    if (!protocol::is_ref(slot.type.kind) && !base::Decimal::parse(*text)) continue;
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is none of the choices; write a number from 1 to {}, or a name",
                                  base::shortened(*text, 60), slot.choices.size()));
  }
  return {};
}

std::string within_bounds(const protocol::Bounds& bounds) {
  if (bounds.min && bounds.max) return fmt::format(", {} to {}", bounds.min->to_string(), bounds.max->to_string());
  if (bounds.min && !bounds.min->is_zero()) return fmt::format(", at least {}", bounds.min->to_string());
  if (bounds.max) return fmt::format(", at most {}", bounds.max->to_string());
  return {};
}

std::string within_lengths(const protocol::Bounds& bounds) {
  std::string text;
  if (bounds.shortest && *bounds.shortest > base::Duration())
    text += fmt::format(", at least {}", bounds.shortest->to_words());
  if (bounds.longest) text += fmt::format(", at most {}", bounds.longest->to_words());
  return text;
}

}  // namespace

Slot slot_of(const protocol::Question& question, const std::vector<std::string>& names) {
  return {question.type, question.value_type, question.bounds, choices_of(question.type, names)};
}

Slot slot_of(const protocol::RecordDefinition& record, const protocol::FieldDefinition& field,
             const std::vector<std::string>& names) {
  const auto* member = record.type->find(field.id);
  return {field.type, member == nullptr ? protocol::Type{} : member->type, field.bounds, choices_of(field.type, names)};
}

bool looks_like_list(std::string_view text) {
  const auto start = base::trim(text);
  return start.starts_with('[') || start.starts_with("- ");
}

Result<Value> read_pasted_list(std::string_view text) {
  const auto root = protocol::parse_yaml(text, "list", kMaxListBytes);
  if (!root) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("the list cannot be read, line {}: {}", root.error().line, root.error().message));
  }
  if (!root->is_sequence()) return base::fail(ErrorCode::kInvalidArgument, "expected a list: [a, b], or lines `- a`");
  return protocol::to_value(*root);
}

Result<Value> read_typed(const Slot& slot, std::string_view text) {
  TRY(auto raw, raw_of(slot, base::trim(text)));
  TRY_STATUS(check_choices(slot, raw));
  protocol::Question probe;
  probe.type = slot.type;
  probe.value_type = slot.value_type;
  probe.bounds = slot.bounds;
  return protocol::parse_answer(probe, raw);
}

std::string how_to_write(const Slot& slot) {
  switch (slot.type.kind) {
    case AnswerKind::kText: return "one line";
    case AnswerKind::kLongText: return "a few sentences";
    case AnswerKind::kInt: return "a whole number" + within_bounds(slot.bounds);
    case AnswerKind::kDecimal: return "a number such as 0.45" + within_bounds(slot.bounds);
    case AnswerKind::kPercent: return "a percentage such as 40 %" + within_bounds(slot.bounds);
    case AnswerKind::kMoney: return "an amount with its currency, such as EUR 180,000" + within_bounds(slot.bounds);
    case AnswerKind::kDuration:
      return "a length of time, such as 14 days, 1h30m or 9 months" + within_lengths(slot.bounds);
    case AnswerKind::kDate: return "a date, written 2027-01-31";
    case AnswerKind::kBool: return "yes or no";
    case AnswerKind::kEnum: return "one of these, by number or name";
    case AnswerKind::kMultiEnum: return "any of these, by number or name, with commas between; none for none of them";
    case AnswerKind::kScale:
      return fmt::format("a whole number from {} to {}", slot.type.scale_min, slot.type.scale_max);
    case AnswerKind::kFile: return "the path of a file of at most 10 MiB";
    case AnswerKind::kRefList:
      return slot.choices.empty() ? "names with ; between them" : "any of these, by number or name, with ; between";
    case AnswerKind::kTextList: return "short texts with ; between them";
    case AnswerKind::kRef: return slot.choices.empty() ? "a name" : "one of these, by number or name";
    case AnswerKind::kTable: return "row by row, or paste a list as YAML or JSON";
    case AnswerKind::kDerived: break;
  }
  return "computed";
}

std::string shown_value(const Slot& slot, const Value& value) {
  if (slot.type.kind == AnswerKind::kFile) return std::string(value.string_or("name", "a file"));
  if (const auto* rows = value.if_list(); rows != nullptr && slot.type.kind == AnswerKind::kTable) {
    if (rows->empty()) return "no rows";
    std::vector<std::string> firsts;
    const auto& field = slot.type.record->fields.front();
    for (const auto& row : *rows) {
      if (!row[field.id].is_null())
        firsts.push_back(
            charter::value_text(field.type, slot.value_type.element->record->find(field.id)->type, row[field.id]));
    }
    return fmt::format("{} {}: {}", rows->size(), rows->size() == 1 ? "row" : "rows", base::join(firsts, ", "));
  }
  const auto* list = value.if_list();
  if (list != nullptr && list->empty()) return "none";
  return charter::value_text(slot.type, slot.value_type, value);
}

}  // namespace tollgate::cli
