// tollgate usage
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "api/usage_view.hpp"
#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/workspace_action.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string from{};
  std::string to{};
  std::string by = "day";
  bool json = false;
};

// Cents do for people; a cost that is less is not shown as nothing.
std::string dollars(base::PicoUsd amount) {
  constexpr std::int64_t kPicoPerCent = 10'000'000'000;
  const auto cents = amount.pico() / kPicoPerCent;
  if (cents == 0 && amount > base::PicoUsd()) return "<0.01";
  return fmt::format("{}.{:02}", cents / 100, cents % 100);
}

void print_row(std::ostream& out, std::string_view name, const store::UsageTotals& totals) {
  const auto replies = totals.calls + totals.hits;
  fmt::print(out, "{:<40}  {:>9}  {:>5}  {:>12}  {:>12}  {:>10}  {:>10}{}\n", name, totals.calls,
             replies == 0 ? "-" : fmt::format("{}%", totals.hits * 100 / replies), totals.input_tokens,
             totals.output_tokens, dollars(totals.cost), dollars(totals.saved),
             totals.unpriced == 0 ? "" : fmt::format("  and {} unpriced calls", totals.unpriced));
}

base::Status show(Invocation& invocation, const Arguments& arguments, Workspace& workspace) {
  TRY(const auto filter,
      api::read_usage_wish({arguments.from, arguments.to, arguments.by}, invocation.world.clock.now()));
  TRY(const auto report, workspace.run(workspace.usage().usage(filter)));
  auto& out = invocation.world.out;
  if (arguments.json) {
    fmt::print(out, "{}\n", base::to_json(api::usage_view(filter, report)));
    return {};
  }
  fmt::print(out, "{:<40}  {:>9}  {:>5}  {:>12}  {:>12}  {:>10}  {:>10}\n", arguments.by, "calls", "hits", "tokens in",
             "tokens out", "cost $", "saved $");
  for (const auto& row : report.rows) print_row(out, row.name.empty() ? "(none)" : row.name, row.totals);
  print_row(out, fmt::format("{} to {}", filter.from.to_string(), filter.to.to_string()), report.total);
  return {};
}

}  // namespace

void add_usage_command(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<Arguments>();
  auto* command = add_workspace_action(app, invocation, arguments, "usage", "What calls of models took and cost",
                                       "Example: tollgate usage --from 2026-11-01 --by model", show);
  command->add_option("--from", arguments->from, "First day, in UTC (29 days before the last)");
  command->add_option("--to", arguments->to, "Last day (today)");
  command->add_option("--by", arguments->by, "day, account, key, session, task, tier or model (day)");
  command->add_flag("--json", arguments->json, "As JSON, exact to the pico-dollar");
}

}  // namespace tollgate::cli
