// Asks for the answer to one question, each type in its own way: choices by number, text over several lines, tables row
// by row. What cannot be read is explained and asked for again, so only answers that fit come out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/value.hpp"
#include "cli/dialogue.hpp"
#include "cli/typed_answer.hpp"
#include "protocol/model.hpp"

namespace tollgate::cli {

// What the prompt has to know besides the question. Pointers are borrowed for the call.
struct QuestionSetting {
  const base::Value* earlier = nullptr;   // the answer so far: Enter keeps it
  const base::Value* proposal = nullptr;  // default or suggestion: Enter takes it
  bool required = false;
  bool rejected = false;  // the earlier answer was judged too weak
  // The values a ref<…> may take now, and how the path of a file becomes an answer.
  std::function<std::vector<std::string>(const protocol::AnswerType&)> names{};
  std::function<base::Result<base::Value>(const std::string& path)> attach{};
};

// nullopt: Enter, which keeps the earlier answer or leaves an optional question open.
Entered<std::optional<base::Value>> ask_answer(Dialogue& dialogue, const protocol::Question& question,
                                               const QuestionSetting& setting);

// Numbered, one a line, or many on few lines.
void show_choices(Prompter& prompter, const std::vector<Choice>& choices);

// Rows with their numbers and the columns' labels.
void show_rows(Prompter& prompter, const protocol::RecordDefinition& record, const base::Value::List& rows);

}  // namespace tollgate::cli
