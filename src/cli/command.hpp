// What every command of the program gets: where to print, which settings hold, how it ends.
//
// Commands register themselves with CLI11 in add_…() and leave their exit code in Invocation::exit_code.
// Exit codes: 0 done; 1 failure; 2 bad usage or bad input; 4 open questions remain.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "cli/config.hpp"

namespace tollgate::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitOpen = 4;

// The world as main() found it. Everything is borrowed and outlives the run.
struct Surroundings {
  std::vector<std::string> arguments;  // without the program's name
  std::map<std::string, std::string> environment;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  base::Clock& clock;
  base::Random& random;
  int columns = 80;  // width of the terminal
};

struct Invocation {
  const Surroundings& world;
  FlagSettings flags{};  // global flags, filled by CLI11
  int exit_code = kExitDone;

  base::Result<Config> config() const { return load_config(flags, world.environment); }
  // Prints "tollgate: message" and sets the exit code.
  void fail(const base::Error& error);
  // A command to be typed next, with the --store that this one was given.
  std::string next_command(std::string command) const;
};

void add_protocol_command(CLI::App& app, Invocation& invocation);
void add_run_command(CLI::App& app, Invocation& invocation);
void add_interview_command(CLI::App& app, Invocation& invocation);
void add_session_command(CLI::App& app, Invocation& invocation);
void add_migrate_command(CLI::App& app, Invocation& invocation);
void add_encryption_command(CLI::App& app, Invocation& invocation);
void add_doctor_command(CLI::App& app, Invocation& invocation);
void add_serve_command(CLI::App& app, Invocation& invocation);
void add_account_command(CLI::App& app, Invocation& invocation);
void add_key_command(CLI::App& app, Invocation& invocation);
void add_usage_command(CLI::App& app, Invocation& invocation);
void add_cache_command(CLI::App& app, Invocation& invocation);

// Parses and runs one command line; returns the exit code.
int run_command_line(const Surroundings& world);

}  // namespace tollgate::cli
