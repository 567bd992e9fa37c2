// tollgate doctor: is everything there that a session needs, and if not, what to do.
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/json.hpp"
#include "charter/pdf.hpp"
#include "cli/command.hpp"
#include "cli/workspace.hpp"
#include "protocol/builtin.hpp"

namespace tollgate::cli {
namespace {

struct Finding {
  std::string subject;
  bool healthy = false;
  std::string text;
};

Finding examine_protocols() {
  std::string broken;
  for (const auto& id : protocol::builtin_protocol_ids()) {
    if (!protocol::compile_named(id).protocol) broken += ' ' + id;
  }
  return {"protocols", broken.empty(),
          broken.empty() ? fmt::format("{} built in, all valid", protocol::builtin_protocol_ids().size())
                         : "broken:" + broken};
}

Finding examine_pdf() {
  const auto pdf = charter::to_pdf({.title = "Test", .blocks = {charter::Paragraph{charter::plain("Test")}}});
  return {"charter (PDF)", pdf.has_value(), pdf ? "fonts found" : pdf.error().message};
}

Finding describe_encryption(const Config& config) {
  return {"encryption", true,
          config.encryption_key ? "on, with the key " + config.encryption_key->id()
                                : "off: answers are stored as they are; `tollgate encryption new-key` makes a key"};
}

// Opening the workspace examines store and provider settings; a tiny call shows whether the provider answers.
std::vector<Finding> examine_workspace(const Config& config, Invocation& invocation) {
  auto workspace = Workspace::open(config, invocation.world.clock, invocation.world.random);
  if (!workspace) return {{"store and provider", false, workspace.error().message}};
  std::vector<Finding> findings;
  const auto page = (*workspace)->run((*workspace)->store().list({.limit = 1}));
  findings.push_back({"store", page.has_value(), page ? "readable, schema up to date" : page.error().message});
  findings.push_back(describe_encryption(config));
  const auto& models = (*workspace)->engine().models();
  if (!models.available()) {
    findings.push_back({"provider", true,
                        "offline: answers are judged by pre-checks alone; set ANTHROPIC_API_KEY, OPENAI_API_KEY or "
                        "OLLAMA_HOST for a model"});
    return findings;
  }
  llm::ChatRequest hello{.model = std::string(name(llm::Tier::kFast)),
                         .messages = {{llm::Role::kUser, "Reply with the word ready."}},
                         .max_tokens = 16,
                         .cache = {.read = false, .store = false}};
  const auto reply =
      (*workspace)->run(models.provider->complete(net::CallContext{}.within(std::chrono::seconds(20)), hello));
  findings.push_back(
      {fmt::format("provider {}", (*workspace)->provider()), reply.has_value(),
       reply ? fmt::format("{} answered in {} ms", reply->model, reply->latency.count()) : reply.error().message});
  return findings;
}

void examine(Invocation& invocation, bool json) {
  std::vector<Finding> findings{examine_protocols(), examine_pdf()};
  if (const auto config = invocation.config(); config) {
    findings.push_back({"settings", true, "valid"});
    for (auto& finding : examine_workspace(*config, invocation)) findings.push_back(std::move(finding));
  } else {
    findings.push_back({"settings", false, config.error().message});
  }
  base::Value::List list;
  for (const auto& finding : findings) {
    if (!finding.healthy) invocation.exit_code = kExitFailure;
    list.push_back(
        base::Value::Record{{"subject", finding.subject}, {"healthy", finding.healthy}, {"text", finding.text}});
    if (!json)
      fmt::print(invocation.world.out, "{:<8} {:<20} {}\n", finding.healthy ? "ok" : "PROBLEM", finding.subject,
                 finding.text);
  }
  if (json) fmt::print(invocation.world.out, "{}\n", base::to_pretty_json(std::move(list)));
}

}  // namespace

void add_doctor_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("doctor", "Check settings, store, fonts and the LLM provider (one tiny call)");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->footer("Exit: 0 all well, 1 something needs attention.\nExample: tollgate doctor --provider ollama");
  command->callback([&invocation, json] { examine(invocation, *json); });
}

}  // namespace tollgate::cli
