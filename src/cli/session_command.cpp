// tollgate session list | show | export | verify | fork | delete
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/charter_files.hpp"
#include "cli/command.hpp"
#include "cli/reply_purge.hpp"
#include "cli/session_reference.hpp"
#include "cli/version.hpp"
#include "cli/workspace_action.hpp"
#include "engine/charter_printer.hpp"
#include "session/progress.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string id{};
  std::string status{};
  std::string query{};
  std::string cursor{};
  std::int64_t limit = 20;
  std::string format = "md";
  std::string out{};
  std::int64_t checkpoint = 0;
  std::string title{};
  bool yes = false;
  bool json = false;
};

std::string_view status_name(store::SessionStatus status) {
  return status == store::SessionStatus::kDecided ? "decided" : "open";
}

base::Value row_json(const store::SessionRow& row) {
  base::Value::Record out{{"id", row.id.to_string()},
                          {"title", row.title},
                          {"protocol", row.protocol_id},
                          {"status", status_name(row.status)},
                          {"decision", row.decision},
                          {"created_at", base::to_rfc3339(row.created_at)},
                          {"updated_at", base::to_rfc3339(row.updated_at)}};
  if (row.origin)
    out.emplace("forked_from", base::Value::Record{{"session", row.origin->session.to_string()},
                                                   {"checkpoint", row.origin->checkpoint}});
  return out;
}

base::Status list(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  store::SessionFilter filter{.title_contains = arguments.query, .limit = arguments.limit, .cursor = arguments.cursor};
  if (arguments.status == "open") filter.status = store::SessionStatus::kOpen;
  if (arguments.status == "decided") filter.status = store::SessionStatus::kDecided;
  TRY(const auto page, workspace.run(workspace.store().list(std::move(filter))));
  auto& out = invocation.world.out;
  if (arguments.json) {
    base::Value::List rows;
    for (const auto& row : page.rows) rows.push_back(row_json(row));
    fmt::print(out, "{}\n",
               base::to_pretty_json(base::Value::Record{{"sessions", std::move(rows)}, {"next", page.next}}));
    return {};
  }
  if (page.rows.empty()) fmt::print(out, "No sessions. Start one with `tollgate interview` or `tollgate run BRIEF`.\n");
  for (const auto& row : page.rows) {
    fmt::print(out, "{}  {:<16.16}  {:<24.24}  {}\n", row.id.to_string(), base::to_rfc3339(row.updated_at),
               row.decision.empty() ? std::string(status_name(row.status)) : row.decision, row.title);
  }
  if (!page.next.empty()) fmt::print(out, "More: tollgate session list --cursor {}\n", page.next);
  return {};
}

std::string_view stage_word(session::StageStatus status) {
  switch (status) {
    case session::StageStatus::kBlocked: return "waiting";
    case session::StageStatus::kOpen: return "open";
    case session::StageStatus::kFailed: return "gate closed";
    case session::StageStatus::kPassed: return "passed";
  }
  return "";
}

base::Status show(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto id, find_session(workspace, arguments.id));
  TRY(const auto loaded, workspace.run(workspace.engine().load(id)));
  auto& out = invocation.world.out;
  if (arguments.json) {
    TRY(const auto text, engine::print_charter(loaded, engine::CharterFormat::kJson, version()));
    fmt::print(out, "{}", text);
    return {};
  }
  const auto& state = *loaded.session;
  fmt::print(out, "{}\n{}  {} {}  {}\n\n", loaded.row.title, id.to_string(), state.protocol().id,
             state.protocol().version, status_name(loaded.row.status));
  for (const auto& stage : session::progress_of(state)) {
    fmt::print(out, "  {:<4} {:<32.32} {:>3} of {:<3} {}\n", stage.stage, stage.title, stage.settled, stage.asked,
               stage_word(stage.status));
  }
  if (const auto* decision = state.decision()) {
    fmt::print(out, "\nDecision: {}{} (rule {})\n", state.protocol().decisions.labels.at(decision->result.outcome),
               state.is_decided() ? "" : ", out of date since an answer changed", decision->result.rule);
    for (const auto& rule : decision->result.fired) fmt::print(out, "  {}: {}\n", rule.id, rule.text);
  }
  fmt::print(out, "\n{} checkpoint{}. Charter: {}\n", loaded.checkpoints.size(),
             loaded.checkpoints.size() == 1 ? "" : "s",
             invocation.next_command(fmt::format("tollgate session export {} --format md", id.to_string())));
  return {};
}

base::Status export_charter(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto id, find_session(workspace, arguments.id));
  // A charter of altered facts must not leave the house.
  TRY(const auto checked, workspace.run(workspace.engine().verify(id)));
  if (!checked.intact()) {
    return base::fail(base::ErrorCode::kCorrupt,
                      fmt::format("session {0} was altered since it was recorded, so its charter is not printed; "
                                  "`tollgate session verify {0}` says where",
                                  id.to_string()));
  }
  TRY(const auto loaded, workspace.run(workspace.engine().load(id)));
  TRY(const auto content, engine::print_charter(loaded, *engine::parse_charter_format(arguments.format), version()));
  if (arguments.out.empty() || arguments.out == "-") {
    invocation.world.out << content;
    return {};
  }
  TRY_STATUS(write_file(arguments.out, content));
  fmt::print(invocation.world.out, "{}\n", arguments.out);
  return {};
}

base::Status verify(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto id, find_session(workspace, arguments.id));
  TRY(const auto report, workspace.run(workspace.engine().verify(id)));
  auto& out = invocation.world.out;
  if (!report.intact()) invocation.exit_code = kExitFailure;
  const std::string last_good =
      report.chain.last_good > 0 ? fmt::format("checkpoint {}", report.chain.last_good) : "none";
  if (arguments.json) {
    base::Value::Record json{
        {"session", id.to_string()},
        {"intact", report.intact()},
        {"checked", report.chain.checked},
        {"last_good", report.chain.last_good},
        {"altered_answers", base::Value::List(report.altered_answers.begin(), report.altered_answers.end())},
        {"reason", report.chain.reason}};
    json.emplace("altered_checkpoint", report.chain.altered ? base::Value(*report.chain.altered) : base::Value());
    fmt::print(out, "{}\n", base::to_pretty_json(std::move(json)));
  } else if (report.chain.altered) {
    fmt::print(out, "ALTERED: checkpoint {}: {}. Last good checkpoint: {}.\n", *report.chain.altered,
               report.chain.reason, last_good);
  } else if (!report.altered_answers.empty()) {
    fmt::print(out, "ALTERED: the checkpoints are intact, but these facts differ from them: {}.\n",
               base::join(report.altered_answers, ", "));
  } else {
    fmt::print(out, "Intact: {} checkpoint{} verified.\n", report.chain.checked, report.chain.checked == 1 ? "" : "s");
  }
  return {};
}

base::Status fork(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto id, find_session(workspace, arguments.id));
  auto& world = invocation.world;
  const std::string key = "fork:" + base::Uuid::make(world.clock.now(), world.random).to_string();
  TRY(const auto row, workspace.run(workspace.engine().fork(id, arguments.checkpoint, arguments.title, key)));
  if (arguments.json) {
    fmt::print(world.out, "{}\n", base::to_pretty_json(row_json(row)));
  } else {
    fmt::print(world.out, "{}\nGo on with: {}\n", row.id.to_string(),
               invocation.next_command("tollgate interview " + row.id.to_string()));
  }
  return {};
}

base::Status remove(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto id, find_session(workspace, arguments.id));
  auto& world = invocation.world;
  if (!arguments.yes) {
    if (!world.in_is_terminal)
      return base::fail(base::ErrorCode::kInvalidArgument, "deleting needs --yes when nobody can be asked");
    fmt::print(world.out,
               "Delete session {} with all answers, checkpoints and its charter? Type yes: ", id.to_string());
    world.out.flush();
    std::string reply;
    std::getline(world.in, reply);
    if (base::trim(reply) != "yes") {
      fmt::print(world.out, "Nothing was deleted.\n");
      return {};
    }
  }
  // First, so that a session whose replies may still lie in Redis is there to be deleted again.
  TRY(const auto config, invocation.config());
  TRY_STATUS(purge_replies_in_redis(config, llm::replies_of_session(id.to_string())));
  TRY_STATUS(workspace.run(workspace.store().remove(id)));
  fmt::print(world.out, "Deleted {}.\n", id.to_string());
  return {};
}

}  // namespace

void add_session_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("session", "List, show, export, verify, fork or delete sessions");
  command->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();
  const auto add_id = [&](CLI::App* subcommand) {
    subcommand->add_option("ID", arguments->id, "Session id, or its beginning")->required();
  };
  const auto add_json = [&](CLI::App* subcommand) { subcommand->add_flag("--json", arguments->json, "Print JSON"); };

  auto* list_command =
      add_workspace_action(*command, invocation, arguments, "list", "List sessions, newest change first",
                           "Example: tollgate session list --status open", list);
  list_command->add_option("--status", arguments->status, "Only these")->check(CLI::IsMember({"open", "decided"}));
  list_command->add_option("--query", arguments->query, "Only titles that contain this");
  list_command->add_option("--limit", arguments->limit, "How many")->check(CLI::Range(1, 200))->capture_default_str();
  list_command->add_option("--cursor", arguments->cursor, "Where the page before ended");
  add_json(list_command);

  auto* show_command =
      add_workspace_action(*command, invocation, arguments, "show", "Show how far a session is and what it decided",
                           "Example: tollgate session show 0193586c", show);
  add_id(show_command);
  add_json(show_command);

  auto* export_command = add_workspace_action(
      *command, invocation, arguments, "export", "Print a session's charter, or write it to a file",
      "Example: tollgate session export 0193586c --format pdf --out charter.pdf", export_charter);
  add_id(export_command);
  export_command->add_option("--format", arguments->format, "md, html, pdf or json")
      ->check(CLI::IsMember({"md", "html", "pdf", "json"}))
      ->capture_default_str();
  export_command->add_option("--out", arguments->out, "File (default: standard output)");

  auto* verify_command =
      add_workspace_action(*command, invocation, arguments, "verify", "Check every byte of a session's checkpoints",
                           "Exit: 0 intact, 1 altered.\nExample: tollgate session verify 0193586c", verify);
  add_id(verify_command);
  add_json(verify_command);

  auto* fork_command =
      add_workspace_action(*command, invocation, arguments, "fork", "Start a new session from a checkpoint of another",
                           "Example: tollgate session fork 0193586c --checkpoint 2 --title \"Variant B\"", fork);
  add_id(fork_command);
  fork_command->add_option("--checkpoint", arguments->checkpoint, "Number of the checkpoint")->required();
  fork_command->add_option("--title", arguments->title, "Title (default: the same)");
  add_json(fork_command);

  auto* delete_command =
      add_workspace_action(*command, invocation, arguments, "delete", "Delete a session and everything of it",
                           "Example: tollgate session delete 0193586c --yes", remove);
  add_id(delete_command);
  delete_command->add_flag("--yes", arguments->yes, "Do not ask");
}

}  // namespace tollgate::cli
