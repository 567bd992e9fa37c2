// tollgate run BRIEF: a whole session without a person.
#include <chrono>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/brief_file.hpp"
#include "cli/charter_files.hpp"
#include "cli/command.hpp"
#include "cli/progress_view.hpp"
#include "cli/workspace.hpp"
#include "protocol/builtin.hpp"
#include "session/waiver_check.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string brief{};
  std::string protocol{};
  std::string profile{};
  std::vector<std::string> options{};
  std::string out = ".";
  bool fresh = false;
  bool json = false;
};

std::string assessed_by(const std::string& provider) {
  return provider == "offline" ? "No LLM: answers are judged by deterministic pre-checks alone, nothing is drafted."
                               : fmt::format("LLM provider: {}.", provider);
}

base::Result<engine::NewSession> new_session(const Arguments& arguments, const BriefFile& file,
                                             Invocation& invocation) {
  engine::NewSession session{.title = file.brief.title,
                             .protocol = file.protocol,
                             .profile = arguments.profile.empty() ? file.brief.profile : arguments.profile,
                             .options = file.brief.options,
                             .idempotency_key = {}};
  for (const auto& option : arguments.options) {
    const auto equals = option.find('=');
    if (equals == std::string::npos)
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("--option must be written name=value, not '{}'", base::shortened(option, 60)));
    session.options.insert_or_assign(option.substr(0, equals), option.substr(equals + 1));
  }
  // The same brief, protocol and choices continue the same session, so that an interrupted run loses nothing.
  std::string identity = file.digest.to_hex() + file.protocol->hash.to_hex() + session.profile;
  for (const auto& [key, value] : session.options) identity += fmt::format("|{}={}", key, value);
  if (arguments.fresh) identity += base::Uuid::make(invocation.world.clock.now(), invocation.world.random).to_string();
  session.idempotency_key = "brief:" + base::Sha256::of(identity).to_hex();
  return session;
}

void print_open(const Invocation& invocation, const session::Session& session, const session::Plan& plan) {
  auto& out = invocation.world.out;
  for (const auto& stage_id : plan.failed_gates) {
    fmt::print(out, "\nGate {} is closed:\n", stage_id);
    for (const auto& rule : session.gate(stage_id)->rules) {
      if (rule.status != session::GateRuleStatus::kFailed && rule.status != session::GateRuleStatus::kUndetermined)
        continue;
      fmt::print(out, "  {}: {}\n", rule.rule, rule.text);
      if (!rule.fix.empty()) fmt::print(out, "    → {}\n", rule.fix);
    }
  }
  if (!plan.open.empty()) fmt::print(out, "\nOpen questions:\n");
  for (const auto& open : plan.open) {
    const auto* question = session.protocol().find_question(open.question);
    fmt::print(out, "  {} ({})\n", open.question, open.why);
    if (question != nullptr) fmt::print(out, "    {}\n", question->ask);
  }
  if (!plan.undecided.empty()) fmt::print(out, "\n{}\n", plan.undecided);
  fmt::print(out, "\nAdd the answers to the brief, or go on in the terminal:\n  {}\n",
             invocation.next_command("tollgate interview " + session.info().id.to_string()));
}

base::Value report_json(const session::Session& session, const engine::RunReport& report,
                        const std::vector<std::string>& files) {
  base::Value::List open;
  for (const auto& question : report.plan.open)
    open.push_back(base::Value::Record{{"question", question.question}, {"why", question.why}});
  base::Value::Record out{
      {"session", session.info().id.to_string()},
      {"llm_calls", report.calls},
      {"input_tokens", report.usage.input_tokens},
      {"output_tokens", report.usage.output_tokens},
      {"open", std::move(open)},
      {"failed_gates", base::Value::List(report.plan.failed_gates.begin(), report.plan.failed_gates.end())},
      {"files", base::Value::List(files.begin(), files.end())}};
  if (report.plan.decided) {
    out.emplace("decision", protocol::name(session.decision()->result.outcome));
    out.emplace("rule", session.decision()->result.rule);
  }
  return out;
}

base::Error with_way_on(base::Error error, const std::string& provider) {
  error.message += "\nWhat was done is saved: run the same command again to go on";
  error.message += provider == "offline" ? "." : ", or with --provider offline to go on without a model.";
  return error;
}

struct Ran {
  engine::RunReport report;
  engine::LoadedSession loaded;
};

// Runs the session, showing what happens unless one JSON object is wanted.
base::Result<Ran> run_session(Workspace& workspace, const store::SessionRow& row, const BriefFile& file,
                              const Arguments& arguments, const Surroundings& world) {
  const session::RunPolicy policy{.mode = session::RunMode::kBatch, .can_draft = true};
  std::unique_ptr<ProgressView> view;
  engine::RunObserver observer;
  if (!arguments.json) {
    fmt::print(world.err, "{}: session {}{}\n{}\n", file.brief.title, row.id.to_string(),
               row.head_seq > 1 ? " (continued; --new starts afresh)" : "", assessed_by(workspace.provider()));
    view = world.err_is_terminal ? make_terminal_progress(world.err) : make_plain_progress(world.err);
    observer = [&view](const session::Session& session, std::string_view event, const base::Value& body) {
      view->on_event(session, event, body);
    };
  }
  auto report = workspace.run(workspace.engine().run(row.id, policy, file.brief, observer));
  if (!report) return std::unexpected(with_way_on(report.error(), workspace.provider()));
  TRY(auto loaded, workspace.run(workspace.engine().load(row.id)));
  if (view) view->finish(*loaded.session);
  return Ran{*std::move(report), std::move(loaded)};
}

void print_decision(std::ostream& out, const session::Session& session, const engine::RunReport& report,
                    const std::vector<std::string>& files) {
  const auto& result = session.decision()->result;
  fmt::print(out, "\nDecision: {} (rule {}): {}\n", session.protocol().decisions.labels.at(result.outcome), result.rule,
             result.fired.front().text);
  for (const auto& path : files) fmt::print(out, "  {}\n", path);
  if (report.saved_calls > 0) fmt::print(out, "{} model calls were answered by the cache.\n", report.saved_calls);
  if (report.calls > 0) {
    fmt::print(out, "{} model calls, {} tokens in, {} out.\n", report.calls, report.usage.input_tokens,
               report.usage.output_tokens);
  }
}

void print_notes_on_waivers(std::ostream& err, const session::Session& session, const session::Brief& brief,
                            base::Timestamp now) {
  const base::Date today(std::chrono::floor<std::chrono::days>(now));
  for (const auto& waiver : brief.waivers) {
    if (session.waiver(waiver.rule) == nullptr)
      fmt::print(err, "Note: the waiver of {} was not needed; {} is judged without it.\n", waiver.rule, waiver.stage);
    if (const auto overdue = session::check_waiver_is_not_overdue(waiver, today); !overdue)
      fmt::print(err, "Note: {}.\n", overdue.error().message);
  }
}

base::Status run(Invocation& invocation, const Arguments& arguments) {
  auto& world = invocation.world;
  TRY(const auto config, invocation.config());
  auto file = read_brief_file(arguments.brief, arguments.protocol);
  if (!file) {
    fmt::print(world.err, "{}\n", to_string(file.error()));
    invocation.exit_code = kExitUsage;
    return {};
  }
  TRY_STATUS(prepare_folder(arguments.out));
  TRY(auto workspace, Workspace::open(config, world.clock, world.random));
  for (auto& blob : file->files) TRY_STATUS(workspace->run(workspace->store().save_blob(std::move(blob))));
  TRY(auto wanted, new_session(arguments, *file, invocation));
  TRY(const auto row, workspace->run(workspace->engine().create(std::move(wanted))));
  TRY(const auto ran, run_session(*workspace, row, *file, arguments, world));

  const auto& [report, loaded] = ran;
  const auto& session = *loaded.session;
  std::vector<std::string> files;
  if (report.plan.decided) {
    TRY(files, write_charter_files(loaded, arguments.out));
  }
  invocation.exit_code = report.plan.decided ? kExitDone : kExitOpen;
  if (!arguments.json && report.plan.decided)
    print_notes_on_waivers(world.err, session, file->brief, world.clock.now());
  if (arguments.json) {
    fmt::print(world.out, "{}\n", base::to_pretty_json(report_json(session, report, files)));
  } else if (report.plan.decided) {
    print_decision(world.out, session, report, files);
  } else {
    print_open(invocation, session, report.plan);
  }
  return {};
}

}  // namespace

void add_run_command(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("run", "Run a whole session from a brief, without a person");
  command->add_option("BRIEF", arguments->brief, "YAML file: title, text, answers by question")->required();
  command->add_option("--protocol", arguments->protocol,
                      "Built-in id or YAML file (default: the brief's, else ai-project-scoping)");
  command->add_option("--profile", arguments->profile, "Decision profile (default: the brief's, else the protocol's)");
  command->add_option("--option", arguments->options, "Option of the protocol, name=value; may be repeated");
  command->add_option("--out", arguments->out, "Folder for charter.md, .html, .pdf and .json")->capture_default_str();
  command->add_flag("--new", arguments->fresh, "Start a new session even if this brief has one");
  command->add_flag("--json", arguments->json, "Print the result as JSON, no progress");
  command->footer(
      "Answers in the brief are used; missing ones are drafted by the LLM where one is set up.\n"
      "Exit: 0 charter written, 4 open questions remain, 2 bad input, 1 failure (run again to go on).\n"
      "Example: tollgate run examples/briefs/telecom-churn.yaml --out out/telecom");
  command->callback([&invocation, arguments] {
    if (auto status = run(invocation, *arguments); !status) invocation.fail(status.error());
  });
}

}  // namespace tollgate::cli
