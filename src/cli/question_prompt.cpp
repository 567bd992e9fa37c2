#include "cli/question_prompt.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/table_prompt.hpp"
#include "cli/terminal_text.hpp"
#include "protocol/answer_parser.hpp"

namespace tollgate::cli {
namespace {

using base::Value;
using protocol::AnswerKind;

bool is_prose(AnswerKind kind) {
  return kind == AnswerKind::kText || kind == AnswerKind::kLongText;
}

// What Enter does, and other keys worth knowing, on one line.
std::string hint_of(const protocol::Question& question, const Slot& slot, const QuestionSetting& setting) {
  const bool prose = is_prose(question.type.kind);
  if (setting.rejected && prose)
    return "+ before more words adds them to your text; other words replace it; /skip comes back later";
  std::string hint = "Write " + how_to_write(slot);
  if (question.type.kind == AnswerKind::kLongText && setting.earlier == nullptr)
    hint += R"(; for several lines end one with \ or begin with """)";
  if (question.type.kind == AnswerKind::kTextList) hint += R"(, or begin with """ and write one a line)";
  if (setting.earlier != nullptr) {
    hint += prose ? "; Enter keeps the text, + adds to it, other words replace it" : "; Enter keeps the answer";
  } else if (setting.proposal != nullptr) {
    hint += fmt::format("; Enter takes [{}]", shown_value(slot, *setting.proposal));
  } else if (!setting.required) {
    hint += "; optional, Enter leaves it out";
  }
  return hint;
}

// "+ and 40 of them in Kiel" adds to the earlier text.
std::string completed(const std::string& typed, const Value* earlier) {
  const auto* text = earlier == nullptr ? nullptr : earlier->if_string();
  if (text == nullptr || !typed.starts_with('+')) return typed;
  const std::string_view addition = base::trim(std::string_view(typed).substr(1));
  const bool has_lines = text->find('\n') != std::string::npos || addition.find('\n') != std::string_view::npos;
  return fmt::format("{}{}{}", *text, has_lines ? "\n" : " ", addition);
}

base::Result<Value> read(const Slot& slot, const std::string& typed, const QuestionSetting& setting) {
  if (slot.type.kind == AnswerKind::kFile) return setting.attach(std::string(base::trim(typed)));
  return read_typed(slot, typed);
}

Entered<std::string> ask_text(Dialogue& dialogue, const Slot& slot) {
  if (is_prose(slot.type.kind)) return dialogue.text("> ");
  TRY(std::string line, slot.type.kind == AnswerKind::kTextList ? dialogue.text("> ") : dialogue.line("> "));
  // A list that does not close on its first line was pasted over several.
  if (protocol::is_list(slot.type.kind) && looks_like_list(line) && (line.starts_with('-') || !read_pasted_list(line)))
    return dialogue.rest_of_block(std::move(line));
  return line;
}

}  // namespace

void show_choices(Prompter& prompter, const std::vector<Choice>& choices) {
  constexpr std::size_t kMany = 12;
  std::string line;
  int number = 0;
  for (const auto& choice : choices) {
    ++number;
    if (choices.size() <= kMany) {
      prompter.pair(fmt::format("{:>2}", number), choice.label, 2, Style::kAccent);
    } else {
      line += fmt::format("{}{} {}", line.empty() ? "" : " · ", number, choice.label);
    }
  }
  if (!line.empty()) prompter.say(line);
}

Entered<std::optional<Value>> ask_answer(Dialogue& dialogue, const protocol::Question& question,
                                         const QuestionSetting& setting) {
  if (question.type.kind == AnswerKind::kTable) return ask_rows(dialogue, question, setting);
  auto& prompter = dialogue.prompter();
  const bool is_ref = protocol::is_ref(question.type.kind) && setting.names;
  const Slot slot = slot_of(question, is_ref ? setting.names(question.type) : std::vector<std::string>{});
  show_choices(prompter, slot.choices);
  prompter.say(hint_of(question, slot, setting), Style::kDim);
  for (;;) {
    TRY(const std::string typed, ask_text(dialogue, slot));
    if (base::trim(typed).empty()) {
      if (setting.earlier == nullptr && setting.proposal != nullptr) return *setting.proposal;
      if (setting.earlier != nullptr || !setting.required) return std::nullopt;
      prompter.say("An answer is needed here. ? explains, /skip comes back to it later.");
      continue;
    }
    auto value = read(slot, completed(typed, setting.earlier), setting);
    if (value) return *std::move(value);
    prompter.item("✗", value.error().message, Style::kBad);
  }
}

}  // namespace tollgate::cli
