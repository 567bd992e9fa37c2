// tollgate-sim: imitates the services of Anthropic, OpenAI and Ollama on the loopback interface.
//
// The first line on stdout is "listening on http://127.0.0.1:PORT". SIGTERM or SIGINT ends it at once, with exit 0.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "protocol/include.hpp"
#include "session/brief.hpp"
#include "sim/known_project.hpp"
#include "sim/simulator.hpp"

namespace {

namespace sim = tollgate::sim;
namespace base = tollgate::base;

struct Flags {
  std::uint16_t port = 0;
  std::uint64_t seed = 1;
  std::string latency = "fixed:0";
  std::string first_token;
  double token_interval_ms = 0;
  double tokens_per_second = 0;
  double accept_rate = 0.85;
  std::string project;
  bool random = false;
  bool split_writes = false;
  double error_rate = 0;
  std::string errors = "429,500,529";
  std::string log_file;
  std::string required_key;
};

void add_flags(CLI::App& app, Flags& flags) {
  app.add_option("--port", flags.port, "port on 127.0.0.1; 0 finds a free one")->capture_default_str();
  app.add_option("--seed", flags.seed, "seed of content, latency and errors")->capture_default_str();
  app.add_option("--latency", flags.latency, "fixed:MS, uniform:A,B or lognormal:MEDIAN_MS,SIGMA")
      ->capture_default_str();
  app.add_option("--first-token", flags.first_token, "time to the first token of a stream, in the same forms");
  auto* interval = app.add_option("--token-interval", flags.token_interval_ms, "milliseconds between tokens");
  app.add_option("--tokens-per-second", flags.tokens_per_second, "the same as a rate")->excludes(interval);
  app.add_option("--accept-rate", flags.accept_rate, "share of answers that are scored well")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  auto* project = app.add_option("--project", flags.project,
                                 "brief whose typed answers the model drafts; without it those of a telecom example");
  app.add_flag("--random", flags.random, "make up every value, even where they contradict each other")
      ->excludes(project);
  app.add_flag("--split-writes", flags.split_writes, "send the head of a reply by itself, as some servers do");
  app.add_option("--error-rate", flags.error_rate, "share of requests that fail")->check(CLI::Range(0.0, 1.0));
  app.add_option("--errors", flags.errors, "how: some of 429,500,529,reset,stall,half,garbage")->capture_default_str();
  app.add_option("--log", flags.log_file, "file that gets one JSON line per request");
  app.add_option("--require-key", flags.required_key, "the only API key that is accepted");
  app.footer("Example: tollgate-sim --port 8089 --latency lognormal:400,0.5 --error-rate 0.05");
}

std::chrono::microseconds token_interval(const Flags& flags) {
  const double milliseconds =
      flags.tokens_per_second > 0 ? 1000 / flags.tokens_per_second : std::max(0.0, flags.token_interval_ms);
  return std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * 1000));
}

std::string to_line(const sim::RequestRecord& record, base::Clock& clock) {
  return base::to_json(base::Value::Record{{"time", base::to_rfc3339(clock.now())},
                                           {"path", record.path},
                                           {"model", record.model},
                                           {"body_sha256", record.body.to_hex()},
                                           {"status", record.status},
                                           {"error", sim::name(record.fault)},
                                           {"request_id", record.correlation_id},
                                           {"latency_ms", std::int64_t{record.latency.count()}}});
}

base::Result<base::Value::Record> read_project(const Flags& flags) {
  if (flags.random) return base::Value::Record{};
  if (flags.project.empty()) return sim::example_project();
  TRY(const auto brief, tollgate::protocol::read_file(flags.project, tollgate::session::kMaxBriefBytes));
  return sim::read_known_project(brief, flags.project);
}

base::Result<sim::SimulatorConfig> make_config(const Flags& flags) {
  sim::SimulatorConfig config;
  config.port = flags.port;
  config.seed = flags.seed;
  TRY(config.latency, sim::Latency::parse(flags.latency));
  if (!flags.first_token.empty()) {
    TRY(config.first_token, sim::Latency::parse(flags.first_token));
  }
  config.token_interval = token_interval(flags);
  config.accept_rate = flags.accept_rate;
  TRY(config.known, read_project(flags));
  config.split_writes = flags.split_writes;
  config.error_rate = flags.error_rate;
  TRY(config.faults, sim::parse_faults(flags.errors));
  config.required_key = flags.required_key;
  return config;
}

int complain(const base::Error& error) {
  std::cerr << "tollgate-sim: " << error.message << '\n';
  return base::exit_code(error.code);
}

int run(const Flags& flags) {
  auto config = make_config(flags);
  if (!config) return complain(config.error());

  base::SystemClock clock;
  std::ofstream log;
  if (!flags.log_file.empty()) {
    log.open(flags.log_file, std::ios::app);
    if (!log) return complain({base::ErrorCode::kInvalidArgument, "cannot write --log " + flags.log_file});
    config->on_request = [&](const sim::RequestRecord& record) { log << to_line(record, clock) << '\n' << std::flush; };
  }

  boost::asio::io_context context{1};
  const auto simulator = sim::make_simulator(context.get_executor(), *std::move(config));
  if (!simulator) return complain(simulator.error());
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) { (*simulator)->stop(); });
  std::cout << "listening on http://127.0.0.1:" << (*simulator)->port() << std::endl;
  context.run();  // until stop() has ended every connection
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Imitates the services of Anthropic, OpenAI and Ollama for tests and benchmarks.", "tollgate-sim");
  Flags flags;
  add_flags(app, flags);
  try {
    app.parse(argc, argv);
    return run(flags);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "tollgate-sim: " << error.what() << '\n';
    return 1;
  }
}
