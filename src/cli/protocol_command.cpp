// tollgate protocol list | check | show
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "protocol/builtin.hpp"
#include "protocol/graph.hpp"

namespace tollgate::cli {
namespace {

struct Arguments {
  std::string name{protocol::kDefaultProtocol};
  std::string graph{};
  bool json = false;
};

base::Value diagnostics_json(const std::vector<protocol::Diagnostic>& diagnostics) {
  base::Value::List list;
  for (const auto& diagnostic : diagnostics) {
    list.push_back(
        base::Value::Record{{"level", diagnostic.level == protocol::DiagnosticLevel::kError ? "error" : "warning"},
                            {"file", diagnostic.file},
                            {"line", diagnostic.line},
                            {"column", diagnostic.column},
                            {"message", diagnostic.message},
                            {"hint", diagnostic.hint}});
  }
  return list;
}

std::size_t question_count(const protocol::Protocol& protocol) {
  return static_cast<std::size_t>(std::count_if(protocol.questions.begin(), protocol.questions.end(),
                                                [](const auto& question) { return !question.is_derived(); }));
}

void check(Invocation& invocation, const Arguments& arguments) {
  const auto result = protocol::compile_named(arguments.name);
  invocation.exit_code = result.protocol ? kExitDone : kExitUsage;
  if (arguments.json) {
    base::Value::Record report{{"valid", result.protocol != nullptr},
                               {"diagnostics", diagnostics_json(result.diagnostics)},
                               {"tests", result.tests_run}};
    if (result.protocol) report.emplace("hash", result.protocol->hash.to_hex());
    fmt::print(invocation.world.out, "{}\n", base::to_pretty_json(std::move(report)));
    return;
  }
  for (const auto& diagnostic : result.diagnostics) fmt::print(invocation.world.err, "{}\n", to_string(diagnostic));
  if (!result.protocol) {
    const auto errors = std::count_if(result.diagnostics.begin(), result.diagnostics.end(),
                                      [](const auto& d) { return d.level == protocol::DiagnosticLevel::kError; });
    fmt::print(invocation.world.err, "{}: {} error{}\n", arguments.name, errors, errors == 1 ? "" : "s");
    return;
  }
  const auto& protocol = *result.protocol;
  fmt::print(
      invocation.world.out,
      "{} {}: valid. {} stages, {} questions, {} gate rules, {} checks, {} decision profiles; {} tests passed. SHA-256 "
      "{}\n",
      protocol.id, protocol.version, protocol.stages.size(), question_count(protocol),
      [&] {
        std::size_t n = 0;
        for (const auto& stage : protocol.stages) n += stage.gate.rules.size();
        return n;
      }(),
      protocol.checks.size(), protocol.decisions.profiles.size(), result.tests_run,
      protocol.hash.to_hex().substr(0, 12));
}

// The values of an enum, the columns of a table: what else an answer is made of.
std::string parts_of(const protocol::AnswerType& type) {
  std::vector<std::string> parts;
  if (type.enumeration) {
    for (const auto& value : type.enumeration->values) parts.push_back(value.id);
  }
  if (type.record) {
    for (const auto& field : type.record->fields) {
      const auto inner = parts_of(field.type);
      parts.push_back(fmt::format("{}{} {}{}", field.id, field.required ? "!" : "", protocol::name(field.type.kind),
                                  inner.empty() ? "" : " (" + inner + ")"));
    }
  }
  return base::join(parts, type.record ? ", " : " | ");
}

void print_question(std::ostream& out, const protocol::Question& question) {
  const char* mark = question.is_derived() ? "=" : question.required ? "!" : question.required_if ? "?" : " ";
  fmt::print(out, "    {} {:<34} {:<12} {}\n", mark, question.name, protocol::name(question.type.kind), question.ask);
  if (const auto parts = parts_of(question.type); !parts.empty()) fmt::print(out, "        {}\n", parts);
}

void print_outline(std::ostream& out, const protocol::Protocol& protocol) {
  fmt::print(out, "{} — {} {}\n", protocol.title, protocol.id, protocol.version);
  if (!protocol.summary.empty()) fmt::print(out, "{}\n", protocol.summary);
  for (const auto& stage : protocol.stages) {
    std::string after;
    for (const auto before : stage.after) after += (after.empty() ? " (after " : ", ") + protocol.stages[before].id;
    fmt::print(out, "\n{} {}{}\n", stage.id, stage.title, after.empty() ? "" : after + ")");
    for (const auto& group : stage.groups) {
      fmt::print(out, "  {}\n", group.title);
      for (const auto index : group.questions) print_question(out, protocol.questions[index]);
    }
    for (const auto& rule : stage.gate.rules) {
      fmt::print(out, "    gate {:<24} {}\n", rule.id, rule.label.empty() ? rule.must.text() : rule.label);
      if (rule.waiver) fmt::print(out, "         {:<24} may be waived by: {}\n", "", rule.waiver->role);
    }
  }
  fmt::print(out, "\n");
  for (const auto& [profile, rules] : protocol.decisions.profiles) {
    fmt::print(out, "decisions, profile {}{}\n", profile,
               profile == protocol.decisions.default_profile ? " (default)" : "");
    for (const auto& rule : rules)
      fmt::print(out, "  {:<8} {:<24} when {}\n", rule.id, protocol::name(rule.then), rule.when.text());
  }
  if (!protocol.checks.empty()) fmt::print(out, "\nchecks across stages\n");
  for (const auto& check : protocol.checks)
    fmt::print(out, "  {:<8} {:<9} {}\n", check.id, protocol::name(check.severity),
               check.ask.empty() ? check.must->text() : check.ask);
  if (!protocol.options.empty()) fmt::print(out, "\noptions, set by --option name=value\n");
  for (const auto& option : protocol.options)
    fmt::print(out, "  {}: {} (default {})\n", option.id, base::join(option.values, " | "), option.default_value);
  fmt::print(out, "\n! required   ? required on a condition   = computed\n");
}

void show(Invocation& invocation, const Arguments& arguments) {
  const auto result = protocol::compile_named(arguments.name);
  if (!result.protocol) {
    fmt::print(invocation.world.err, "{}\n", to_string(result.diagnostics));
    invocation.exit_code = kExitUsage;
    return;
  }
  if (arguments.json) {
    fmt::print(invocation.world.out, "{}\n", result.protocol->canonical);
  } else if (arguments.graph == "mermaid") {
    fmt::print(invocation.world.out, "{}", to_mermaid(*result.protocol));
  } else if (arguments.graph == "dot") {
    fmt::print(invocation.world.out, "{}", to_dot(*result.protocol));
  } else {
    print_outline(invocation.world.out, *result.protocol);
  }
}

void list(Invocation& invocation) {
  for (const auto& id : protocol::builtin_protocol_ids()) {
    const auto result = protocol::compile_named(id);
    fmt::print(invocation.world.out, "{:<28} {}\n", id, result.protocol ? result.protocol->title : "(broken)");
  }
}

}  // namespace

void add_protocol_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("protocol", "Check a protocol, or show what it asks and decides");
  command->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  auto* check_command = command->add_subcommand("check", "Find every mistake of a protocol and run its tests");
  check_command->add_option("PROTOCOL", arguments->name, "Built-in id or YAML file")->capture_default_str();
  check_command->add_flag("--json", arguments->json, "Print the result as JSON");
  check_command->footer("Example: tollgate protocol check my-review.yaml\nExit: 0 valid, 2 mistakes found.");
  check_command->callback([&invocation, arguments] { check(invocation, *arguments); });

  auto* show_command = command->add_subcommand("show", "Show stages, questions, rules; or the dependency graph");
  show_command->add_option("PROTOCOL", arguments->name, "Built-in id or YAML file")->capture_default_str();
  show_command->add_option("--graph", arguments->graph, "Print the dependency graph instead")
      ->check(CLI::IsMember({"mermaid", "dot"}));
  show_command->add_flag("--json", arguments->json, "Print the canonical form that sessions pin");
  show_command->footer("Example: tollgate protocol show ai-project-scoping --graph mermaid");
  show_command->callback([&invocation, arguments] { show(invocation, *arguments); });

  auto* list_command = command->add_subcommand("list", "List the built-in protocols");
  list_command->callback([&invocation] { list(invocation); });
}

}  // namespace tollgate::cli
