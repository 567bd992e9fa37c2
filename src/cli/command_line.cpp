#include <algorithm>
#include <optional>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/version.hpp"

namespace tollgate::cli {
namespace {

void add_global_flags(CLI::App& app, FlagSettings& flags) {
  app.add_option("--config", flags.config_file, "Settings file (default: tollgate.yaml here, if it exists)")
      ->check(CLI::ExistingFile);
  app.add_option("--store", flags.store, "Where sessions live: sqlite:PATH or postgres://USER@HOST/DATABASE");
  app.add_option("--provider", flags.provider, "LLM provider: auto, anthropic, openai, ollama or offline");
  app.add_option("--model", flags.model, "Model for every tier");
}

// A first word that is no command: the parser would only say that one is required.
std::optional<std::string> unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().empty() || arguments.front().front() == '-') return std::nullopt;
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  const std::string& wanted = arguments.front();
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return std::nullopt;
  const auto near = base::nearest(wanted, names);
  return fmt::format("there is no command '{}'{}", base::shortened(wanted, 40),
                     near ? fmt::format("; did you mean '{}'?", *near) : "; commands: " + base::join(names, ", "));
}

}  // namespace

std::string Invocation::next_command(std::string command) const {
  if (flags.store.empty()) return command;
  // A URL may hold a password; without it libpq looks in ~/.pgpass and PGPASSWORD.
  const auto store = flags.store.starts_with("sqlite:") ? flags.store : database_place(flags.store).value_or("…");
  const bool has_space = store.find(' ') != std::string::npos;
  return command + " --store " + (has_space ? '"' + store + '"' : store);
}

void Invocation::fail(const base::Error& error) {
  fmt::print(world.err, "tollgate: {}\n", error.message);
  exit_code = base::exit_code(error.code);
}

int run_command_line(const Surroundings& world) {
  Invocation invocation{world};
  CLI::App app("Stage-gated LLM reviews: interview, gates, explicit decision rules, a charter.", "tollgate");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_help_all_flag("--help-all", "Help for every command");
  app.footer("Start here:\n  tollgate run examples/briefs/telecom-churn.yaml --out out\n  tollgate interview");
  add_global_flags(app, invocation.flags);
  add_run_command(app, invocation);
  add_interview_command(app, invocation);
  add_session_command(app, invocation);
  add_protocol_command(app, invocation);
  add_serve_command(app, invocation);
  add_account_command(app, invocation);
  add_key_command(app, invocation);
  add_usage_command(app, invocation);
  add_cache_command(app, invocation);
  add_migrate_command(app, invocation);
  add_encryption_command(app, invocation);
  add_doctor_command(app, invocation);
  app.add_subcommand("version", "Print the program's version")->callback([&] {
    fmt::print(world.out, "tollgate {}\n", version());
  });
  if (const auto unknown = unknown_command(app, world.arguments)) {
    fmt::print(world.err, "tollgate: {}\n", *unknown);
    return kExitUsage;
  }
  std::vector<std::string> arguments(world.arguments.rbegin(), world.arguments.rend());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, world.out, world.err);
    return code == 0 ? kExitDone : kExitUsage;
  }
  return invocation.exit_code;
}

}  // namespace tollgate::cli
