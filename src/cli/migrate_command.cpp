// tollgate migrate status | up
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"

namespace tollgate::cli {
namespace {

using Migration = base::Result<store::MigrationStatus> (*)(const Config&);

base::Status print(Invocation& invocation, Migration migrate) {
  TRY(const auto config, invocation.config());
  TRY(const auto place, database_place(config.database_url));
  TRY(const auto status, migrate(config));
  fmt::print(invocation.world.out, "{}: schema {} of {}{}\n", place, status.current, status.latest,
             status.pending.empty() ? ", up to date" : "; pending: " + base::join(status.pending, ", "));
  return {};
}

void add_action(CLI::App& command, Invocation& invocation, const char* name, const char* description,
                Migration migrate) {
  auto* subcommand = command.add_subcommand(name, description);
  subcommand->footer(fmt::format("Example: tollgate migrate {} --store sqlite:./tollgate.db", name));
  subcommand->callback([&invocation, migrate] {
    if (auto status = print(invocation, migrate); !status) invocation.fail(status.error());
  });
}

}  // namespace

void add_migrate_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("migrate", "Show or apply the store's schema migrations");
  command->require_subcommand(1);
  add_action(*command, invocation, "status", "Show the schema's version; changes nothing", schema_status);
  add_action(*command, invocation, "up", "Apply what is pending (an SQLite store also does so when it is opened)",
             migrate_schema);
}

}  // namespace tollgate::cli
