// tollgate serve: the HTTP API.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "api/server.hpp"
#include "cli/command.hpp"
#include "cli/version.hpp"
#include "cli/workspace.hpp"
#include "protocol/builtin.hpp"

namespace tollgate::cli {
namespace {

std::map<std::string, std::shared_ptr<const protocol::Protocol>, std::less<>> builtin_protocols() {
  std::map<std::string, std::shared_ptr<const protocol::Protocol>, std::less<>> protocols;
  for (const auto& id : protocol::builtin_protocol_ids()) protocols.emplace(id, protocol::compile_named(id).protocol);
  return protocols;
}

// What runs in the background ends with the server; it is gone on with at the next start.
store::Async<void> serve_until_stopped(boost::asio::any_io_executor executor, api::Service& service,
                                       api::ServerConfig config, api::ListenCallback on_listening) {
  const auto served = co_await api::serve(executor, service, config, std::move(on_listening));
  const auto stopped = co_await service.live.stop(std::chrono::steady_clock::now() + config.drain_limit);
  co_return served ? stopped : served;
}

base::Status serve(Invocation& invocation) {
  TRY(auto config, invocation.config());
  if (!invocation.flags.address.empty()) config.serve_address = invocation.flags.address;
  if (invocation.flags.port >= 0) config.serve_port = invocation.flags.port;
  if (!config.accounts && config.serve_address != "127.0.0.1" && config.serve_address != "::1") {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "without accounts the server binds to this machine only: set `accounts: on`, or serve_address to "
                      "127.0.0.1 or ::1");
  }
  engine::EventSignals signals;  // outlives the workspace, whose database may wake it until the end
  TRY(auto workspace, Workspace::open(config, invocation.world.clock, invocation.world.random));
  workspace->listen_for_changes([&signals](const std::optional<base::SessionId>& session) {
    session ? signals.notify(*session) : signals.notify_all();
  });
  engine::LiveSessions live(workspace->executor(), workspace->engine(), signals);
  auto authenticator = config.accounts
                           ? api::Authenticator::with_accounts(workspace->identities(), invocation.world.clock)
                           : api::Authenticator::local(workspace->identities(), invocation.world.clock);
  api::MemoryRateLimiter limiter(invocation.world.clock);
  api::Service service{
      .engine = workspace->engine(),
      .live = live,
      .signals = signals,
      .identities = workspace->identities(),
      .authenticator = authenticator,
      .limiter = limiter,
      .clock = invocation.world.clock,
      .random = invocation.world.random,
      .protocols = builtin_protocols(),
      .version = std::string(version()),
      .limits = {.per_account = {config.rate_limit_per_account}, .per_address = {config.rate_limit_per_address}}};
  const api::ServerConfig server{.address = config.serve_address,
                                 .port = static_cast<std::uint16_t>(config.serve_port),
                                 .shutdown_delay = std::chrono::seconds(config.shutdown_delay_seconds),
                                 .drain_limit = std::chrono::seconds(config.drain_limit_seconds)};
  return workspace->run(serve_until_stopped(workspace->executor(), service, server, [&](std::uint16_t port) {
    fmt::print(
        invocation.world.out, "Listening on http://{}:{} ({})\n", config.serve_address, port,
        config.accounts ? "every request needs an account" : "this machine only, one local user: accounts are off");
    invocation.world.out.flush();
  }));
}

}  // namespace

void add_serve_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("serve", "Serve the HTTP API on this machine");
  command->add_option("--address", invocation.flags.address, "Address of this machine (default 127.0.0.1)");
  command->add_option("--port", invocation.flags.port, "Port (default 8080; 0: any free one)")
      ->check(CLI::Range(0, 65535));
  command->footer("Example: tollgate serve --port 8080\n         curl http://127.0.0.1:8080/api/v1/sessions");
  command->callback([&invocation] {
    if (auto status = serve(invocation); !status) invocation.fail(status.error());
  });
}

}  // namespace tollgate::cli
