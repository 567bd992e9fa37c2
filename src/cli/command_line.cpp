#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "cli/command.hpp"
#include "cli/version.hpp"

namespace tollgate::cli {
namespace {

void add_global_flags(CLI::App& app, FlagSettings& flags) {
  app.add_option("--config", flags.config_file, "Settings file (default: tollgate.yaml here, if it exists)")
      ->check(CLI::ExistingFile);
  app.add_option("--store", flags.store, "Where sessions live: sqlite:PATH");
  app.add_option("--provider", flags.provider, "LLM provider: auto, anthropic, openai, ollama or offline");
  app.add_option("--model", flags.model, "Model for every tier");
}

}  // namespace

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
  add_migrate_command(app, invocation);
  add_doctor_command(app, invocation);
  app.add_subcommand("version", "Print the program's version")->callback([&] {
    fmt::print(world.out, "tollgate {}\n", version());
  });
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
