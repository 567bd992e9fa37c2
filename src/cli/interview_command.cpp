// tollgate interview [ID]: a session in the terminal, question by question.
#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/text.hpp"
#include "cli/charter_files.hpp"
#include "cli/command.hpp"
#include "cli/interrupt_notice.hpp"
#include "cli/interview.hpp"
#include "cli/interview_desk.hpp"
#include "cli/interview_pages.hpp"
#include "cli/prompter.hpp"
#include "cli/session_reference.hpp"
#include "cli/typed_keys.hpp"
#include "cli/workspace.hpp"
#include "protocol/builtin.hpp"

namespace tollgate::cli {
namespace {

using base::ErrorCode;

struct Arguments {
  std::string id{};
  bool last = false;
  std::string title{};
  std::string protocol{};
  std::string profile{};
  std::vector<std::string> options{};
  std::string out{};
};

// The first 13 characters hold the time to the millisecond: enough to tell the sessions of one machine apart.
std::string short_id(base::SessionId id) {
  return id.to_string().substr(0, 13);
}

bool is_set(const Surroundings& world, const char* variable) {
  const auto it = world.environment.find(variable);
  return it != world.environment.end() && !it->second.empty();
}

Screen screen_of(const Surroundings& world) {
  const auto terminal = world.environment.find("TERM");
  const bool dumb = terminal != world.environment.end() && terminal->second == "dumb";
  return {.columns = static_cast<std::size_t>(std::max(world.columns, 1)),
          .colour = world.out_is_terminal && !is_set(world, "NO_COLOR") && !dumb,
          .echo = !world.in_is_terminal,
          .keys = world.in_is_terminal && world.out_is_terminal && !dumb};
}

base::Result<std::string> ask_title(Prompter& prompter) {
  for (;;) {
    const auto typed = prompter.read("Title of the project: ");
    if (!typed || base::trim(*typed) == "/quit")
      return base::fail(ErrorCode::kInvalidArgument, "no session was started; give a title, for example with --title");
    if (const auto title = base::trim(*typed); !title.empty()) return std::string(title);
  }
}

base::Result<std::string> ask_protocol(Prompter& prompter) {
  const auto ids = protocol::builtin_protocol_ids();
  std::vector<Choice> choices;
  for (const auto& id : ids) choices.push_back({id, id});
  show_choices(prompter, choices);
  for (;;) {
    const auto typed =
        prompter.read(fmt::format("Protocol, by number or as a file (Enter: {}): ", protocol::kDefaultProtocol));
    if (!typed || base::trim(*typed) == "/quit")
      return base::fail(ErrorCode::kInvalidArgument, "no session was started");
    std::string word(base::trim(*typed));
    if (word.empty()) return std::string(protocol::kDefaultProtocol);
    const auto number = base::Decimal::parse(word);
    const auto index = number ? number->to_int64() : std::nullopt;
    if (!index) return word;
    if (*index >= 1 && *index <= static_cast<std::int64_t>(ids.size()))
      return ids[static_cast<std::size_t>(*index - 1)];
    prompter.say(fmt::format("Write a number from 1 to {}, or the path of a file.", ids.size()));
  }
}

base::Result<std::map<std::string, std::string, std::less<>>> read_options(const std::vector<std::string>& written) {
  std::map<std::string, std::string, std::less<>> options;
  for (const auto& option : written) {
    const auto equals = option.find('=');
    if (equals == std::string::npos)
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("--option must be written name=value, not '{}'", base::shortened(option, 60)));
    options.insert_or_assign(option.substr(0, equals), option.substr(equals + 1));
  }
  return options;
}

base::Result<base::SessionId> start_session(Invocation& invocation, const Arguments& arguments, Workspace& workspace,
                                            Prompter& prompter) {
  TRY(auto options, read_options(arguments.options));
  std::string title = arguments.title;
  if (title.empty()) {
    TRY(title, ask_title(prompter));
  }
  std::string name = arguments.protocol;
  if (name.empty()) {
    TRY(name, ask_protocol(prompter));
  }
  const auto compiled = protocol::compile_named(name);
  if (!compiled.protocol) return base::fail(ErrorCode::kInvalidArgument, to_string(compiled.diagnostics));
  const auto key = base::Uuid::make(invocation.world.clock.now(), invocation.world.random).to_string();
  engine::NewSession wanted{.title = title,
                            .protocol = compiled.protocol,
                            .profile = arguments.profile,
                            .options = std::move(options),
                            .idempotency_key = "interview:" + key};
  TRY(const auto row, workspace.run(workspace.engine().create(std::move(wanted))));
  return row.id;
}

// The open session that changed last.
base::Result<base::SessionId> newest_open(Workspace& workspace) {
  TRY(const auto page, workspace.run(workspace.store().list({.status = store::SessionStatus::kOpen, .limit = 1})));
  if (page.rows.empty())
    return base::fail(ErrorCode::kNotFound, "no session is open; start one with `tollgate interview`");
  return page.rows.front().id;
}

base::Result<base::SessionId> choose_session(Invocation& invocation, const Arguments& arguments, Workspace& workspace,
                                             Prompter& prompter) {
  const bool resumes = arguments.last || !arguments.id.empty();
  const bool describes = !arguments.title.empty() || !arguments.protocol.empty() || !arguments.profile.empty() ||
                         !arguments.options.empty();
  if (resumes && describes)
    return base::fail(
        ErrorCode::kInvalidArgument,
        "--title, --protocol, --profile and --option are for a new session; leave them out to resume one");
  if (arguments.last && !arguments.id.empty())
    return base::fail(ErrorCode::kInvalidArgument, "give an id or --last, not both");
  if (arguments.last) return newest_open(workspace);
  if (!arguments.id.empty()) return find_session(workspace, arguments.id);
  return start_session(invocation, arguments, workspace, prompter);
}

base::Status end_decided(Prompter& prompter, const engine::LoadedSession& loaded, const std::string& out) {
  show_decision(prompter, *loaded.session);
  TRY(const auto paths, write_charter_files(loaded, out));
  prompter.gap();
  prompter.say("The charter is written:", Style::kBold);
  for (const auto& path : paths) prompter.item("-", path);
  return {};
}

base::Status run(Invocation& invocation, const Arguments& arguments) {
  const auto& world = invocation.world;
  TRY(const auto config, invocation.config());
  TRY(auto workspace, Workspace::open(config, world.clock, world.random));
  Prompter prompter(world.in, world.out, screen_of(world));
  TRY(const auto id, choose_session(invocation, arguments, *workspace, prompter));
  const std::string resume = invocation.next_command(fmt::format("tollgate interview {}", short_id(id)));
  // The terminal is left as it was found.
  const InterruptNotice on_interrupt(fmt::format("{}\nEverything acknowledged is saved. Go on with:\n  {}\n",
                                                 screen_of(world).keys ? kMarkPastesNoMore : "", resume));
  const auto user = world.environment.find("USER");
  auto desk = make_workspace_desk({.workspace = *workspace,
                                   .clock = world.clock,
                                   .random = world.random,
                                   .session = id,
                                   .author = user == world.environment.end() ? "local" : user->second});
  if (workspace->provider() == "offline")
    prompter.say("No LLM is set up: answers are judged by deterministic pre-checks alone.", Style::kDim);
  Interview interview(*desk, prompter);
  TRY(const auto end, interview.run());
  invocation.exit_code = end == InterviewEnd::kDecided ? kExitDone : kExitOpen;
  if (end == InterviewEnd::kDecided)
    TRY_STATUS(
        end_decided(prompter, interview.loaded(), arguments.out.empty() ? "charter-" + short_id(id) : arguments.out));
  prompter.gap();
  prompter.say(end == InterviewEnd::kDecided ? "To look at it again, or to change an answer:"
                                             : "Your answers are saved. Go on with:");
  prompter.say(resume, Style::kAccent, 4);
  return {};
}

}  // namespace

void add_interview_command(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("interview", "Answer a session's questions in the terminal: start or resume");
  command->add_option("ID", arguments->id,
                      "Session to resume: its id, or the beginning of it (default: a new session)");
  command->add_flag("--last", arguments->last, "Resume the open session that changed last");
  command->add_option("--title", arguments->title, "Title of the new session (default: asked)");
  command->add_option("--protocol", arguments->protocol, "Built-in id or YAML file (default: asked)");
  command->add_option("--profile", arguments->profile, "Decision profile (default: the protocol's)");
  command->add_option("--option", arguments->options, "Option of the protocol, name=value; may be repeated");
  command->add_option("--out", arguments->out, "Folder for the charter (default: ./charter-<short id>)");
  command->footer(
      "At every prompt: ? explains and shows examples, /back, /list, /edit ID, /skip, /status, /why, /quit.\n"
      "Each answer is saved at once; leave when you like and resume.\n"
      "Exit: 0 charter written, 4 open questions remain, 2 bad input, 1 failure.\n"
      "Example: tollgate interview --title 'Payroll vendor' --protocol vendor-security-review\n"
      "         tollgate interview --last");
  command->callback([&invocation, arguments] {
    if (auto status = run(invocation, *arguments); !status) invocation.fail(status.error());
  });
}

}  // namespace tollgate::cli
