#include "cli/table_prompt.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/value_text.hpp"
#include "protocol/answer_parser.hpp"

namespace tollgate::cli {
namespace {

using base::Value;
using protocol::AnswerKind;
using protocol::FieldDefinition;

std::string cell_text(const protocol::RecordDefinition& record, const FieldDefinition& field, const Value& row) {
  const auto* member = record.type->find(field.id);
  if (row[field.id].is_null() || member == nullptr) return {};
  return charter::value_text(field.type, member->type, row[field.id]);
}

class TablePrompt {
 public:
  TablePrompt(Dialogue& dialogue, const protocol::Question& question, const QuestionSetting& setting)
      : dialogue_(dialogue),
        prompter_(dialogue.prompter()),
        question_(question),
        record_(*question.type.record),
        setting_(setting) {
    for (const auto& field : record_.fields) {
      if (field.type.kind != AnswerKind::kDerived) fields_.push_back(&field);
    }
    const auto* rows = setting.earlier == nullptr ? nullptr : setting.earlier->if_list();
    if (rows != nullptr) rows_ = *rows;
  }

  Entered<std::optional<Value>> ask() {
    introduce();
    if (rows_.empty()) {
      TRY(const auto start, ask_first());
      if (start == Start::kNothing) return std::nullopt;
      if (start == Start::kProposal) return *setting_.proposal;
      if (start == Start::kEmptyList) return Value(Value::List{});
    } else {
      show_rows(prompter_, record_, rows_);
    }
    return menu();
  }

 private:
  enum class Start { kRows, kNothing, kProposal, kEmptyList };
  enum class RowEnd { kDone, kDropped };

  void introduce() {
    std::string columns;
    for (const auto* field : fields_)
      columns += fmt::format("{}{}{}", columns.empty() ? "" : " · ", field->label, field->required ? "*" : "");
    prompter_.say("Columns: " + columns, Style::kDim);
    if (!rows_.empty()) return;
    std::string hint = "Write row by row (* needed), or paste a YAML or JSON list";
    if (setting_.proposal != nullptr) {
      hint += "; Enter takes: " + shown_value(slot_of(question_), *setting_.proposal);
    } else if (!setting_.required) {
      hint += "; optional, Enter leaves it out";
    } else if (may_be_empty()) {
      hint += "; none if there is nothing to list";
    }
    prompter_.say(hint, Style::kDim);
  }

  bool may_be_empty() const { return !question_.bounds.min || *question_.bounds.min <= base::Decimal(0); }
  bool needs_more() const {
    return question_.bounds.min && base::Decimal(static_cast<std::int64_t>(rows_.size())) < *question_.bounds.min;
  }

  // The first field of the first row is also the place for a pasted list, `none`, or Enter.
  Entered<Start> ask_first() {
    for (;;) {
      prompter_.say("Row 1", Style::kBold);
      show_hint(*fields_.front());
      TRY(const std::string typed, dialogue_.line(field_prompt(*fields_.front(), nullptr)));
      const std::string word = base::lower_ascii(base::trim(typed));
      if (word.empty()) {
        if (setting_.proposal != nullptr) return Start::kProposal;
        if (!setting_.required) return Start::kNothing;
        prompter_.say("At least one row is needed. ? explains, /skip comes back to it later.");
      } else if (word == "none" && may_be_empty()) {
        return Start::kEmptyList;
      } else if (looks_like_list(typed)) {
        if (paste(typed)) return Start::kRows;
      } else {
        TRY(const auto end, ask_row(Value::Record{}, typed));
        if (end == RowEnd::kDone) return Start::kRows;
      }
    }
  }

  bool paste(std::string typed) {
    if (base::trim(typed).starts_with("- ") || !read_pasted_list(typed))
      typed = dialogue_.rest_of_block(std::move(typed));
    auto raw = read_pasted_list(typed);
    auto value = raw ? protocol::parse_answer(question_, *raw) : std::move(raw);
    if (!value) {
      prompter_.item("✗", value.error().message, Style::kBad);
      return false;
    }
    rows_ = *value->if_list();
    changed_ = true;
    show_rows(prompter_, record_, rows_);
    return true;
  }

  static std::string field_prompt(const FieldDefinition& field, const std::string* now) {
    return fmt::format("  {}{}{}: ", field.label, field.required ? "*" : "",
                       now == nullptr || now->empty() ? "" : fmt::format(" [{}]", base::shortened(*now, 40)));
  }

  std::string hint_of(const FieldDefinition& field, const Slot& slot) const {
    if (slot.choices.empty()) {
      const bool obvious = field.type.kind == AnswerKind::kText || field.type.kind == AnswerKind::kLongText;
      return field.help.empty() ? (obvious ? "" : how_to_write(slot)) : field.help;
    }
    std::string line;
    int number = 0;
    for (const auto& choice : slot.choices)
      line += fmt::format("{}{} {}", line.empty() ? "" : " · ", ++number, choice.label);
    return line;
  }

  void show_hint(const FieldDefinition& field) {
    if (const auto hint = hint_of(field, slot_for(field)); !hint.empty()) prompter_.say(hint, Style::kDim, 4);
  }

  Slot slot_for(const FieldDefinition& field) const {
    const bool is_ref = protocol::is_ref(field.type.kind) && setting_.names;
    return slot_of(record_, field, is_ref ? setting_.names(field.type) : std::vector<std::string>{});
  }

  // One field into the row. `typed`: what was read already.
  Entered<base::Status> ask_field(const FieldDefinition& field, Value::Record& row, std::optional<std::string> typed) {
    const Slot slot = slot_for(field);
    const auto it = row.find(field.id);
    const std::string now = it == row.end() ? std::string() : shown_value(slot, it->second);
    if (!typed) show_hint(field);
    for (;; typed.reset()) {
      if (!typed) {
        TRY(typed, field.type.kind == AnswerKind::kLongText ? dialogue_.text(field_prompt(field, &now))
                                                            : dialogue_.line(field_prompt(field, &now)));
      }
      const auto text = base::trim(*typed);
      if (text.empty() && (!now.empty() || !field.required)) return base::Status{};
      if (text == "-" && !field.required) {
        row.erase(field.id);
        return base::Status{};
      }
      if (text.empty()) {
        prompter_.say("This column is needed.", Style::kPlain, 4);
        continue;
      }
      auto value = field.type.kind == AnswerKind::kFile ? setting_.attach(std::string(text)) : read_typed(slot, text);
      if (value) {
        row.insert_or_assign(field.id, *std::move(value));
        return base::Status{};
      }
      prompter_.item("✗", value.error().message, Style::kBad, 4);
    }
  }

  // Asks all fields; /back goes one field back, and from the first one drops the row. `at` is its place among the rows.
  Entered<RowEnd> ask_row(Value::Record row, std::optional<std::string> first,
                          std::optional<std::size_t> at = std::nullopt) {
    for (std::size_t i = 0; i < fields_.size();) {
      const auto asked = ask_field(*fields_[i], row, std::exchange(first, std::nullopt));
      if (asked) {
        ++i;
      } else if (asked.error().command != Command::kBack) {
        if (auto leave = confirm_leaving(asked.error()); !leave) return std::unexpected(leave.error());
      } else if (i > 0) {
        --i;
      } else {
        prompter_.say("The row is dropped.");
        return RowEnd::kDropped;
      }
    }
    changed_ = true;
    if (at) {
      rows_[*at] = std::move(row);
    } else {
      rows_.emplace_back(std::move(row));
    }
    show_rows(prompter_, record_, rows_);
    return RowEnd::kDone;
  }

  // Rows not handed in yet would be lost: asks before a command leaves them. Value: stay; error: leave.
  Entered<bool> confirm_leaving(const Departure& departure) {
    if (rows_.empty() || !changed_) return std::unexpected(departure);
    const auto unsaved = fmt::format("{} {} not saved", rows_.size(), rows_.size() == 1 ? "row is" : "rows are");
    const auto choice =
        dialogue_.choose(fmt::format("  {} yet. Leave all the same? [y/N] ", unsaved), Dialogue::Choice::kNo);
    if (!choice) {  // the end of the input, or a second command
      prompter_.item("!", fmt::format("{}: the table was left before its end.", unsaved), Style::kWarn);
      return std::unexpected(choice.error());
    }
    if (*choice == Dialogue::Choice::kYes) return std::unexpected(departure);
    return true;
  }

  Entered<std::optional<Value>> menu() {
    for (;;) {
      const bool more = needs_more();
      const auto typed = dialogue_.line(more ? "  another row? [Y/n] (d 1 deletes, e 1 changes row 1) "
                                             : "  another row? [y/N] (d 1 deletes, e 1 changes row 1) ");
      if (!typed) {
        if (auto stay = confirm_leaving(typed.error()); !stay) return std::unexpected(stay.error());
        continue;
      }
      const std::string word = base::lower_ascii(base::trim(*typed));
      if (word == "y" || word == "yes" || (word.empty() && more)) {
        prompter_.say(fmt::format("Row {}", rows_.size() + 1), Style::kBold);
        TRY(const auto end, ask_row(Value::Record{}, std::nullopt));
        (void)end;
      } else if (word.empty() || word == "n" || word == "no") {
        if (!changed_) return std::nullopt;
        auto value = protocol::parse_answer(question_, Value(rows_));
        if (value) return *std::move(value);
        prompter_.item("✗", value.error().message, Style::kBad);
      } else {
        TRY_STATUS(change_row(word));
      }
    }
  }

  std::expected<void, Departure> change_row(const std::string& word) {
    const auto number =
        word.size() < 2 ? std::nullopt : base::Decimal::parse(base::trim(std::string_view(word).substr(1)));
    const auto index = number ? number->to_int64() : std::nullopt;
    const bool known = index && *index >= 1 && *index <= static_cast<std::int64_t>(rows_.size());
    if (!known || (word.front() != 'd' && word.front() != 'e')) {
      prompter_.say(
          "Write y for another row, n when the table is complete, d 2 to delete or e 2 to change the second row.");
      return {};
    }
    const auto at = static_cast<std::size_t>(*index - 1);
    if (word.front() == 'e') {
      prompter_.say(fmt::format("Row {}: Enter keeps a value, - clears an optional one", *index), Style::kDim);
      TRY(const auto end, ask_row(*rows_[at].if_record(), std::nullopt, at));
      (void)end;
      return {};
    }
    rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(at));
    changed_ = true;
    show_rows(prompter_, record_, rows_);
    return {};
  }

  Dialogue& dialogue_;
  Prompter& prompter_;
  const protocol::Question& question_;
  const protocol::RecordDefinition& record_;
  const QuestionSetting& setting_;
  std::vector<const FieldDefinition*> fields_;
  Value::List rows_;
  bool changed_ = false;
};

}  // namespace

void show_rows(Prompter& prompter, const protocol::RecordDefinition& record, const Value::List& rows) {
  if (rows.empty()) {
    prompter.say("No rows.", Style::kDim);
    return;
  }
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> cells(rows.size());
  for (const auto& field : record.fields) {
    if (field.derived) continue;
    head.push_back(field.label);
    for (std::size_t row = 0; row < rows.size(); ++row) cells[row].push_back(cell_text(record, field, rows[row]));
  }
  prompter.table(head, cells);
}

Entered<std::optional<Value>> ask_rows(Dialogue& dialogue, const protocol::Question& question,
                                       const QuestionSetting& setting) {
  return TablePrompt(dialogue, question, setting).ask();
}

}  // namespace tollgate::cli
