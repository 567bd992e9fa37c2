// tollgate serve: health, sessions and charters over HTTP.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "api/server.hpp"
#include "cli/command.hpp"
#include "cli/version.hpp"
#include "cli/workspace.hpp"

namespace tollgate::cli {
namespace {

base::Status serve(Invocation& invocation) {
  TRY(auto config, invocation.config());
  if (!invocation.flags.address.empty()) config.serve_address = invocation.flags.address;
  if (invocation.flags.port >= 0) config.serve_port = invocation.flags.port;
  // Nobody is authenticated as yet: nothing but this machine may reach it.
  if (config.serve_address != "127.0.0.1" && config.serve_address != "::1") {
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "without authentication the server binds to this machine only; set serve_address to 127.0.0.1 or ::1");
  }
  TRY(auto workspace, Workspace::open(config, invocation.world.clock, invocation.world.random));
  const api::ServerConfig server{config.serve_address, static_cast<std::uint16_t>(config.serve_port),
                                 std::string(version())};
  return workspace->run(api::serve(workspace->executor(), workspace->engine(), server, [&](std::uint16_t port) {
    fmt::print(invocation.world.out, "Listening on http://{}:{} (this machine only: no authentication is set up)\n",
               config.serve_address, port);
    invocation.world.out.flush();
  }));
}

}  // namespace

void add_serve_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("serve", "Serve health, sessions and charters over HTTP (read-only as yet)");
  command->add_option("--address", invocation.flags.address, "Address of this machine (default 127.0.0.1)");
  command->add_option("--port", invocation.flags.port, "Port (default 8080; 0: any free one)")
      ->check(CLI::Range(0, 65535));
  command->footer("Example: tollgate serve --port 8080\n         curl http://127.0.0.1:8080/api/v1/sessions");
  command->callback([&invocation] {
    if (auto status = serve(invocation); !status) invocation.fail(status.error());
  });
}

}  // namespace tollgate::cli
