#include "cli/dialogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::cli {
namespace {

struct CommandName {
  std::string_view name;
  Command command;
  std::string_view usage;
  std::string_view does;
};

constexpr std::array<CommandName, 8> kCommands{{
    {"help", Command::kCommands, "/help", "these commands; ? explains the question"},
    {"back", Command::kBack, "/back", "the question before this one"},
    {"list", Command::kList, "/list", "all questions with what was answered"},
    {"edit", Command::kEdit, "/edit ID", "change an earlier answer"},
    {"skip", Command::kSkip, "/skip", "come back to this question later"},
    {"status", Command::kStatus, "/status", "how far each stage and its gate is"},
    {"why", Command::kWhy, "/why", "the rules of this stage's gate"},
    {"quit", Command::kQuit, "/quit", "stop here; everything acknowledged is saved"},
}};

constexpr std::string_view kBlockMark = "\"\"\"";

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool only_shows(Command command) {
  return command == Command::kHelp || command == Command::kCommands || command == Command::kList ||
         command == Command::kStatus || command == Command::kWhy;
}

}  // namespace

std::string command_overview() {
  std::string out;
  for (const auto& command : kCommands)
    out += fmt::format("{}{:<10} {}", out.empty() ? "" : "\n", command.usage, command.does);
  return out;
}

std::optional<base::Result<CommandCall>> parse_command(std::string_view line) {
  if (base::trim(line) == "?" || base::trim(line) == "/?") return CommandCall{Command::kHelp};
  if (!line.starts_with('/')) return std::nullopt;
  const auto space = line.find(' ');
  const std::string_view word = base::trim(line.substr(1, space == std::string_view::npos ? space : space - 1));
  if (!is_word(word)) return std::nullopt;  // "/var/log is full" is an answer
  const std::string_view argument = space == std::string_view::npos ? "" : base::trim(line.substr(space));
  for (const auto& command : kCommands) {
    if (base::lower_ascii(word) == command.name) return CommandCall{command.command, std::string(argument)};
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("There is no command /{}. An answer that begins with / needs a space before it. "
                                "Commands:\n{}",
                                base::shortened(word, 40), command_overview()));
}

Entered<std::string> Dialogue::line(std::string_view prompt) {
  for (;;) {
    auto line = prompter_.read(prompt);
    if (!line) return std::unexpected(Departure{Command::kQuit});
    const auto call = parse_command(*line);
    if (!call) return *std::move(line);
    if (!*call) {
      prompter_.say(call->error().message);
    } else if (!only_shows((*call)->command)) {
      return std::unexpected(**call);
    } else {
      aside_((*call)->command);
    }
    prompter_.gap();
    if (!topic_.empty()) prompter_.say(topic_, Style::kBold);
  }
}

Entered<std::string> Dialogue::block() {
  std::string text;
  for (;;) {
    auto line = prompter_.read("… ");
    if (!line) return std::unexpected(Departure{Command::kQuit});
    if (base::trim(*line) == kBlockMark) return text;
    if (text.size() + line->size() > kMaxLineBytes) {
      prompter_.say("The text is longer than 1 MiB; this line was left out. Close it with \"\"\".");
      continue;
    }
    if (!text.empty()) text += '\n';
    text += *line;
  }
}

Entered<std::string> Dialogue::text(std::string_view prompt) {
  TRY(std::string text, line(prompt));
  if (base::trim(text) == kBlockMark) return block();
  while (text.ends_with('\\')) {
    text.back() = '\n';
    const auto more = prompter_.read("… ");
    if (!more) return std::unexpected(Departure{Command::kQuit});
    if (text.size() + more->size() > kMaxLineBytes) {
      prompter_.say("The text is longer than 1 MiB; the last line was left out.");
      break;
    }
    text += *more;
  }
  return text;
}

std::string Dialogue::rest_of_block(std::string first) {
  for (;;) {
    const auto more = prompter_.read("… ");
    if (!more || base::trim(*more).empty() || first.size() + more->size() > kMaxLineBytes) return first;
    first += '\n' + *more;
  }
}

Entered<Dialogue::Choice> Dialogue::choose(std::string_view prompt, Choice fallback) {
  for (;;) {
    TRY(const auto answer, line(prompt));
    const std::string word = base::lower_ascii(base::trim(answer));
    if (word.empty()) return fallback;
    if (word == "y" || word == "yes") return Choice::kYes;
    if (word == "n" || word == "no") return Choice::kNo;
    prompter_.say("Write y or n.");
  }
}

}  // namespace tollgate::cli
