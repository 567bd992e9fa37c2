// tollgate account add | list | disable
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "api/passwords.hpp"
#include "api/permissions.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/workspace_action.hpp"

namespace tollgate::cli {
namespace {

using base::ErrorCode;

struct Arguments {
  std::string name{};
  std::string role = "contributor";
  bool with_password = false;
};

base::Status check_name(const std::string& name) {
  constexpr std::size_t kMaxBytes = 64;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("._-@").find(c) != std::string::npos;
  };
  if (!name.empty() && name.size() <= kMaxBytes && std::all_of(name.begin(), name.end(), allowed)) return {};
  return base::fail(ErrorCode::kInvalidArgument,
                    "an account's name has 1 to 64 of a-z, 0-9, '.', '_', '-' and '@', for example ann@example.org");
}

base::Result<std::string> read_password(Invocation& invocation) {
  if (invocation.world.in_is_terminal) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "the password is read from standard input, so that it stays out of the shell's history: "
                      "tollgate account add NAME --password < FILE");
  }
  std::string password;
  std::getline(invocation.world.in, password);
  return api::hash_password(password);
}

// Adding a known account changes its role, and its password when one is given.
base::Status add(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY_STATUS(check_name(arguments.name));
  auto account = workspace.run(workspace.identities().account(arguments.name));
  if (!account && account.error().code != ErrorCode::kNotFound) return base::fail(account.error());
  store::Account wanted = account.value_or(store::Account{
      .name = arguments.name, .role = {}, .password_hash = {}, .created_at = invocation.world.clock.now()});
  wanted.role = arguments.role;
  wanted.disabled = false;
  if (arguments.with_password) {
    TRY(wanted.password_hash, read_password(invocation));
  }
  TRY_STATUS(workspace.run(workspace.identities().save_account(wanted)));
  fmt::print(
      invocation.world.out, "{} {} ({}){}\n", account ? "changed" : "added", wanted.name, wanted.role,
      wanted.password_hash.empty() ? "; no password: make a key with `tollgate key create " + wanted.name + "`" : "");
  return {};
}

base::Status list(Invocation& invocation, const Arguments&, Workspace& workspace) {
  TRY(const auto accounts, workspace.run(workspace.identities().accounts()));
  for (const auto& account : accounts) {
    fmt::print(invocation.world.out, "{:<32}  {:<11}  {}{}\n", account.name, account.role,
               account.password_hash.empty() ? "keys only" : "password", account.disabled ? ", disabled" : "");
  }
  if (accounts.empty()) fmt::print(invocation.world.out, "No accounts. Add one with `tollgate account add NAME`.\n");
  return {};
}

base::Status disable(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(auto account, workspace.run(workspace.identities().account(arguments.name)));
  account.disabled = true;
  TRY_STATUS(workspace.run(workspace.identities().save_account(account)));
  fmt::print(invocation.world.out, "disabled {}: its keys and sign-ins are refused from now on\n", account.name);
  return {};
}

}  // namespace

void add_account_command(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("account", "Accounts of the server, for `accounts: on`");
  command->require_subcommand(1);
  auto* added = add_workspace_action(
      *command, invocation, arguments, "add", "Add an account, or change its role",
      "Example: tollgate account add ann@example.org --role reviewer --password < password.txt", add);
  added->add_option("name", arguments->name, "Its name, such as ann@example.org")->required();
  added->add_option("--role", arguments->role, "What it may do everywhere")
      ->check(CLI::IsMember({"contributor", "reviewer", "committee", "auditor", "admin"}));
  added->add_flag("--password", arguments->with_password, "Read a password for the browser from standard input");
  add_workspace_action(*command, invocation, arguments, "list", "List the accounts", "Example: tollgate account list",
                       list);
  auto* disabled = add_workspace_action(*command, invocation, arguments, "disable", "Refuse an account from now on",
                                        "Example: tollgate account disable ann@example.org", disable);
  disabled->add_option("name", arguments->name, "Its name")->required();
}

}  // namespace tollgate::cli
