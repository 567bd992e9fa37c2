// tollgate serve: the HTTP API.
#include <algorithm>
#include <deque>
#include <thread>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/resource.h>

#include "api/server.hpp"
#include "api/tls.hpp"
#include "cli/command.hpp"
#include "cli/version.hpp"
#include "cli/workspace.hpp"
#include "engine/usage_retention.hpp"
#include "protocol/builtin.hpp"

namespace tollgate::cli {
namespace {

api::Protocols builtin_protocols() {
  api::Protocols protocols;
  for (const auto& id : protocol::builtin_protocol_ids()) protocols.emplace(id, protocol::compile_named(id).protocol);
  return protocols;
}

std::size_t thread_count(const Config& config) {
  if (config.serve_threads > 0) return static_cast<std::size_t>(config.serve_threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

// Each connection is a descriptor; many systems start programs with 1024 although they may have more.
void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

base::Result<Config> serve_config(const Invocation& invocation) {
  TRY(auto config, invocation.config());
  if (!invocation.flags.address.empty()) config.serve_address = invocation.flags.address;
  if (invocation.flags.port >= 0) config.serve_port = invocation.flags.port;
  if (!config.accounts && config.serve_address != "127.0.0.1" && config.serve_address != "::1") {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "without accounts the server binds to this machine only: set `accounts: on`, or serve_address to "
                      "127.0.0.1 or ::1");
  }
  if (config.serve_tls_certificate.empty() != config.serve_tls_key.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "serve_tls_certificate and serve_tls_key belong together: set both, or none for plain HTTP");
  }
  return config;
}

base::Result<api::ChangeableSettings> changeable_settings(const Config& config) {
  api::ChangeableSettings settings{.requests = config.rate_limits,
                                   .shutdown_delay = std::chrono::seconds(config.shutdown_delay_seconds),
                                   .drain_limit = std::chrono::seconds(config.drain_limit_seconds)};
  if (!config.serve_tls_certificate.empty()) {
    TRY(settings.tls, api::make_tls_context(config.serve_tls_certificate, config.serve_tls_key));
  }
  return settings;
}

base::Result<api::ChangeableSettings> reread_settings(const Invocation& invocation, Workspace& workspace) {
  const auto config = serve_config(invocation);
  auto settings = config ? changeable_settings(*config) : std::unexpected(config.error());
  if (settings) {
    if (config->router) workspace.replace_router(config->router);
    fmt::print(invocation.world.err, "tollgate: the settings were read again\n");
  } else {
    fmt::print(invocation.world.err, "tollgate: the settings stay as they were: {}\n", settings.error().message);
  }
  invocation.world.err.flush();
  return settings;
}

void announce(const Invocation& invocation, const Config& config, std::uint16_t port) {
  fmt::print(
      invocation.world.out, "Listening on {}://{}:{} ({})\n", config.serve_tls_key.empty() ? "http" : "https",
      config.serve_address, port,
      config.accounts ? "every request needs an account" : "this machine only, one local user: accounts are off");
  invocation.world.out.flush();
}

// Old rows of the account are deleted in the background, and the operator hears of it only when that fails.
void forget_old_usage(const Config& config, Workspace& workspace, base::Clock& clock, const Notice& notice) {
  if (config.usage_days == 0) return;
  auto on_trouble = [&notice](const std::string& why) {
    notice("old rows of the account of model calls cannot be deleted: " + why);
  };
  workspace.task_scopes().front()->spawn(
      "old usage", engine::keep_usage_for(config.usage_days, workspace.usage(), clock, std::move(on_trouble)));
}

// What runs in the background ends with the server; it is gone on with at the next start.
store::Async<void> serve_until_stopped(std::vector<api::Service*> services, api::ServerConfig config,
                                       api::ServerCallbacks callbacks) {
  auto& live = services.front()->live;
  const auto drain_limit = config.changeable.drain_limit;
  const auto served = co_await api::serve(std::move(services), std::move(config), std::move(callbacks));
  const auto stopped = co_await live.stop(std::chrono::steady_clock::now() + drain_limit);
  co_return served ? stopped : served;
}

base::Status serve(Invocation& invocation) {
  TRY(const auto config, serve_config(invocation));
  TRY(auto settings, changeable_settings(config));
  allow_many_descriptors();
  auto& clock = invocation.world.clock;
  engine::EventSignals signals;  // outlives the workspace, whose database may wake it until the end
  const Notice notice = [&invocation](const std::string& what) {
    fmt::print(invocation.world.err, "tollgate: {}\n", what);
    invocation.world.err.flush();
  };
  TRY(auto workspace, Workspace::open(config, clock, invocation.world.random, thread_count(config), notice));
  workspace->listen_for_changes([&signals](const std::optional<base::SessionId>& session) {
    session ? signals.notify(*session) : signals.notify_all();
  });
  TRY_STATUS(workspace->load_budgets());
  forget_old_usage(config, *workspace, clock, notice);
  engine::LiveSessions live(workspace->engines(), signals);
  auto authenticator = config.accounts ? api::Authenticator::with_accounts(workspace->identities(), clock)
                                       : api::Authenticator::local(workspace->identities(), clock);
  api::MemoryRateLimiter limiter(clock);
  const auto protocols = builtin_protocols();
  std::deque<api::Service> services;
  std::vector<api::Service*> each_service;
  const auto engines = workspace->engines();
  for (std::size_t i = 0; i < engines.size(); ++i) {
    each_service.push_back(
        &services.emplace_back(api::Service{.engine = *engines[i],
                                            .live = live,
                                            .signals = signals,
                                            .identities = workspace->identities(),
                                            .usage = workspace->usage(),
                                            .budgets = workspace->budgets(),
                                            .authenticator = authenticator,
                                            .limiter = limiter,
                                            .clock = clock,
                                            .random = invocation.world.random,
                                            .protocols = protocols,
                                            .version = std::string(version()),
                                            .tasks = *workspace->task_scopes()[i],
                                            .models = workspace->routers()[i],
                                            .model_timeout = std::chrono::seconds(config.llm_timeout_seconds),
                                            .limits = settings.requests}));
  }
  api::ServerConfig server{.address = config.serve_address,
                           .port = static_cast<std::uint16_t>(config.serve_port),
                           .changeable = std::move(settings)};
  api::ServerCallbacks callbacks{.listening = [&](std::uint16_t port) { announce(invocation, config, port); },
                                 .reload = [&] { return reread_settings(invocation, *workspace); }};
  return workspace->run(serve_until_stopped(std::move(each_service), std::move(server), std::move(callbacks)));
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
