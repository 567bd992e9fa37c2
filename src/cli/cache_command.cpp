// tollgate cache purge
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/reply_purge.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string key{};
  std::string account{};
  std::string space{};
  std::string model{};
};

base::Result<llm::ReplySelection> selection_of(const Arguments& arguments) {
  if (!arguments.key.empty()) return llm::reply_of_key(arguments.key);
  if (!arguments.space.empty()) return llm::replies_of_namespace(arguments.account, arguments.space);
  if (!arguments.account.empty()) return llm::replies_of_account(arguments.account);
  if (arguments.model.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "say what to purge: --key, --account, --account with --namespace, or --model");
  }
  const auto model = llm::Target::parse(arguments.model);
  if (!model) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is not PROVIDER/MODEL", base::shortened(arguments.model, 100)));
  }
  return llm::replies_of_model(*model);
}

base::Status purge(Invocation& invocation, const Arguments& arguments) {
  TRY(const auto selection, selection_of(arguments));
  TRY(const auto config, invocation.config());
  if (config.redis_url.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "no redis_url is set, so replies lie in the server's memory alone: ask it with "
                      "POST /api/v1/cache/purge (docs/llm-router.md), or start it again");
  }
  TRY_STATUS(purge_replies_in_redis(config, selection));
  fmt::print(invocation.world.out, "Purged {}.\n", selection.tag);
  return {};
}

}  // namespace

void add_cache_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("cache", "The cache of models' replies in Redis");
  command->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();
  auto* purged = command->add_subcommand("purge", "Forget replies, on all nodes that share the Redis");
  auto* key = purged->add_option("--key", arguments->key, "One reply, by its X-Cache-Key");
  auto* account = purged->add_option("--account", arguments->account, "All replies to an account");
  auto* space = purged->add_option("--namespace", arguments->space, "Of that account, those of this X-Cache-Namespace");
  auto* model = purged->add_option("--model", arguments->model, "All replies of a model, as PROVIDER/MODEL");
  space->needs(account);
  key->excludes(account, model);
  model->excludes(account);
  purged->footer("Example: tollgate cache purge --model openai/gpt-5.5");
  purged->callback([&invocation, arguments] {
    if (auto status = purge(invocation, *arguments); !status) invocation.fail(status.error());
  });
}

}  // namespace tollgate::cli
