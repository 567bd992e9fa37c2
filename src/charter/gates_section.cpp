#include "charter/gates_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using session::GateOutcome;
using session::GateRuleOutcome;
using session::GateRuleStatus;

std::string state_of(const Review& review, const protocol::Stage& stage, const GateOutcome* gate) {
  if (gate == nullptr) return "not judged yet";
  const bool waived =
      std::ranges::any_of(gate->rules, [](const auto& r) { return r.status == GateRuleStatus::kWaived; });
  std::string state = !gate->passed ? "closed" : waived ? "passed with waivers" : "passed";
  if (!review.session.is_current(*gate)) state += ", answers have changed since";
  return fmt::format("{}: {}", stage.title, state);
}

const protocol::GateRule* find_rule(const protocol::Stage& stage, const std::string& id) {
  const auto it = std::ranges::find(stage.gate.rules, id, &protocol::GateRule::id);
  return it == stage.gate.rules.end() ? nullptr : &*it;
}

// What a rule that holds demands; why another one does not hold, how to cure it, and who waived it.
Text remark_on(const Review& review, const protocol::Stage& stage, const GateRuleOutcome& outcome) {
  if (outcome.status == GateRuleStatus::kHeld) {
    const auto* rule = find_rule(stage, outcome.rule);
    if (rule == nullptr) return plain("Every reference names an existing row.");
    if (!rule->label.empty()) return plain(rule->label);
    return {{rule->must.text(), Style::kCode}};
  }
  Text text = plain(outcome.text);
  if (!outcome.fix.empty()) text.push_back({" " + outcome.fix, Style::kEmphasis});
  const auto* waiver = review.session.waiver(outcome.rule);
  if (outcome.status == GateRuleStatus::kWaived && waiver != nullptr) text.push_back({"\n" + waiver_text(*waiver)});
  return text;
}

void add_gate(Document& document, const Review& review, const protocol::Stage& stage) {
  const GateOutcome* gate = review.session.gate(stage.id);
  document.blocks.emplace_back(Heading{2, state_of(review, stage, gate)});
  if (gate == nullptr) return;
  std::string summary =
      fmt::format("Judged {}, {} time{}; {} % of what it asks for is there.", shown_time(gate->at), gate->number,
                  gate->number == 1 ? "" : "s", base::multiply(gate->completeness, 100).value_or(0).to_string());
  if (!gate->missing.empty()) summary += " Not answered: " + base::join(gate->missing, ", ") + ".";
  document.blocks.emplace_back(Paragraph{plain(std::move(summary))});
  if (gate->rules.empty()) return;
  Table table{{}, {{"Rule", Align::kLeft, 2}, {"Outcome", Align::kLeft, 2}, {"Remark", Align::kLeft, 8}}, {}};
  for (const auto& rule : gate->rules) {
    table.rows.push_back({{plain(rule.rule)},
                          {plain(std::string(words_for(rule.status))), tone_of(rule.status)},
                          {remark_on(review, stage, rule)}});
  }
  document.blocks.emplace_back(std::move(table));
}

}  // namespace

void add_gates(Document& document, const Review& review) {
  document.blocks.emplace_back(Heading{1, "Gates", "gates"});
  for (const auto& stage : review.protocol().stages) add_gate(document, review, stage);
}

}  // namespace tollgate::charter
