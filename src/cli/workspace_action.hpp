// A subcommand that works in a workspace: opens it by the settings, calls the action, reports what fails.
#pragma once

#include <memory>

#include <CLI/App.hpp>

#include "cli/command.hpp"
#include "cli/workspace.hpp"

namespace tollgate::cli {

template <typename Arguments>
using WorkspaceAction = base::Status (*)(Invocation&, const Arguments&, Workspace&);

// `invocation` and `arguments` are used when the command line has been read.
template <typename Arguments>
CLI::App* add_workspace_action(CLI::App& command, Invocation& invocation, const std::shared_ptr<Arguments>& arguments,
                               const char* name, const char* description, const char* footer,
                               WorkspaceAction<Arguments> action) {
  auto* subcommand = command.add_subcommand(name, description);
  subcommand->footer(footer);
  subcommand->callback([&invocation, arguments, action] {
    const auto done = [&]() -> base::Status {
      TRY(const auto config, invocation.config());
      TRY(auto workspace, Workspace::open(config, invocation.world.clock, invocation.world.random));
      return action(invocation, *arguments, *workspace);
    }();
    if (!done) invocation.fail(done.error());
  });
  return subcommand;
}

}  // namespace tollgate::cli
