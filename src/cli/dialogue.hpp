// Asks a person and understands the commands that work at every prompt: ? /help /back /list /edit /skip /status /why
// /quit.
//
// Commands that only show something are carried out in between and the prompt comes again; the others leave the prompt
// as a Departure, which travels up like an error does.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/prompter.hpp"

namespace tollgate::cli {

enum class Command { kHelp, kCommands, kBack, kList, kEdit, kSkip, kStatus, kWhy, kQuit };

struct CommandCall {
  Command command = Command::kHelp;
  std::string argument{};
};

// nullopt: the line is an answer. kInvalidArgument lists the commands.
std::optional<base::Result<CommandCall>> parse_command(std::string_view line);
std::string command_overview();  // one line each

// Why a prompt was left without an answer: kBack, kEdit, kSkip or kQuit.
using Departure = CommandCall;

template <typename T>
using Entered = std::expected<T, Departure>;

class Dialogue {
 public:
  using Aside = std::function<void(Command)>;  // shows help, list, status or rules

  Dialogue(Prompter& prompter, Aside aside) : prompter_(prompter), aside_(std::move(aside)) {}

  Prompter& prompter() { return prompter_; }
  // What is being asked, repeated after an aside so that nobody has to scroll back.
  void set_topic(std::string topic) { topic_ = std::move(topic); }

  Entered<std::string> line(std::string_view prompt);
  // Also several lines: one that ends in \ goes on, """ on a line of its own opens and closes a block.
  Entered<std::string> text(std::string_view prompt);
  // y, yes, n, no; Enter is `fallback`.
  enum class Choice { kYes, kNo };
  Entered<Choice> choose(std::string_view prompt, Choice fallback);
  // Lines up to an empty one or the end of the input, after `first`.
  std::string rest_of_block(std::string first);

 private:
  Entered<std::string> block();

  Prompter& prompter_;
  const Aside aside_;
  std::string topic_;
};

}  // namespace tollgate::cli
