// tollgate key create | list | revoke
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "api/api_keys.hpp"
#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/workspace_action.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string account{};
  std::string label{};
  std::string scopes = "read,write";
  std::int64_t days = 90;
  std::int64_t requests_per_minute = 0;
  std::string budget{};
  std::string id{};
  bool json = false;
};

// "at most 60 requests a minute and $2.5 a day", as far as it has limits.
std::string limits_of(const store::ApiKey& key) {
  std::string limits;
  if (key.requests_per_minute) limits = fmt::format("{} requests a minute", *key.requests_per_minute);
  if (key.budget_per_day)
    limits += fmt::format("{}${} a day", limits.empty() ? "" : " and ", key.budget_per_day->to_string());
  return limits.empty() ? limits : "at most " + limits;
}

base::Status create(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto issued, api::issue_key({.account = arguments.account,
                                         .label = arguments.label,
                                         .scopes = arguments.scopes,
                                         .lasts = std::chrono::days(arguments.days),
                                         .requests_per_minute = arguments.requests_per_minute,
                                         .budget_usd_per_day = arguments.budget},
                                        invocation.world.clock.now()));
  const auto& key = issued.key;
  TRY_STATUS(workspace.run(workspace.identities().save_key(key)));
  // The key alone on standard output: a script takes it from there. It is stored nowhere.
  fmt::print(invocation.world.out, "{}\n", issued.text);
  const auto limits = limits_of(key);
  fmt::print(invocation.world.err, "Key {} of {} ({}), {}{}. It is not shown again.\n", key.id, key.account, key.scopes,
             key.expires_at ? "valid until " + base::to_rfc3339(*key.expires_at).substr(0, 10) : "without an end",
             limits.empty() ? "" : ", " + limits);
  return {};
}

base::Status list(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto keys, workspace.run(workspace.identities().keys({})));
  const auto now = invocation.world.clock.now();
  base::Value::List rows;
  for (const auto& key : keys) {
    if (arguments.json) {
      rows.push_back(base::Value::Record{
          {"id", key.id},
          {"account", key.account},
          {"label", key.label},
          {"scopes", key.scopes},
          {"state", api::state_of(key, now)},
          {"created_at", base::to_rfc3339(key.created_at)},
          {"expires_at", key.expires_at ? base::Value(base::to_rfc3339(*key.expires_at)) : base::Value()},
          {"requests_per_minute", key.requests_per_minute ? base::Value(*key.requests_per_minute) : base::Value()},
          {"budget_usd_per_day", key.budget_per_day ? base::Value(key.budget_per_day->to_string()) : base::Value()}});
      continue;
    }
    const auto limits = limits_of(key);
    fmt::print(invocation.world.out, "{:<12}  {:<24}  {:<16}  {:<8}  until {:<10}  {}{}\n", key.id, key.account,
               key.scopes, api::state_of(key, now),
               key.expires_at ? base::to_rfc3339(*key.expires_at).substr(0, 10) : "revoked", key.label,
               limits.empty() ? "" : " (" + limits + ")");
  }
  if (arguments.json) fmt::print(invocation.world.out, "{}\n", base::to_json(rows));
  return {};
}

base::Status revoke(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY_STATUS(workspace.run(workspace.identities().revoke_key(arguments.id, {}, invocation.world.clock.now())));
  fmt::print(invocation.world.out, "revoked {}: it is refused from now on\n", arguments.id);
  return {};
}

}  // namespace

void add_key_command(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("key", "API keys of accounts");
  command->require_subcommand(1);
  auto* created =
      add_workspace_action(*command, invocation, arguments, "create", "Make a key and show it, once",
                           "Example: tollgate key create ann@example.org --label \"nightly import\" > key.txt", create);
  created->add_option("account", arguments->account, "Whose it is")->required();
  created->add_option("--scopes", arguments->scopes, "What it is for: read, write, admin (default read,write)");
  created->add_option("--days", arguments->days, "Valid for so many days (90); 0: until it is revoked")
      ->check(CLI::Range(0, 3650));
  created->add_option("--requests-per-minute", arguments->requests_per_minute, "Besides its account's limit")
      ->check(CLI::Range(1, 10'000'000));
  created->add_option("--budget-usd-per-day", arguments->budget,
                      "For calls of models through the gateway, such as 2.50; a day is one of UTC");
  created->add_option("--label", arguments->label, "What it is used for");
  auto* listed = add_workspace_action(*command, invocation, arguments, "list", "List the keys, without their secrets",
                                      "Example: tollgate key list", list);
  listed->add_flag("--json", arguments->json, "As JSON");
  auto* revoked = add_workspace_action(*command, invocation, arguments, "revoke", "Refuse a key from now on",
                                       "Example: tollgate key revoke tg_4fK2m9Qx", revoke);
  revoked->add_option("id", arguments->id, "Its first part, such as tg_4fK2m9Qx")->required();
}

}  // namespace tollgate::cli
