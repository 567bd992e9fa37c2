#include "charter/evidence_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "charter/citation.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

std::string_view words_for(TableRuleStatus status) {
  switch (status) {
    case TableRuleStatus::kDecided: return "decided";
    case TableRuleStatus::kFired: return "fired";
    case TableRuleStatus::kNotFired: return "not fired";
    case TableRuleStatus::kNotEvaluated: return "not evaluated";
  }
  return "not evaluated";
}

std::string stage_title(const Review& review, const std::string& id) {
  const auto* stage = review.protocol().find_stage(id);
  return stage == nullptr ? id : stage->title;
}

}  // namespace

TableRuleStatus status_of(const Review& review, const protocol::DecisionRule& rule) {
  if (review.decision == nullptr) return TableRuleStatus::kNotEvaluated;
  const auto& result = review.decision->result;
  if (rule.id == result.rule) return TableRuleStatus::kDecided;
  const bool fired = std::ranges::find(result.fired, rule.id, &protocol::FiredRule::id) != result.fired.end();
  return fired ? TableRuleStatus::kFired : TableRuleStatus::kNotFired;
}

const std::vector<protocol::DecisionRule>* rules_in_use(const Review& review) {
  const auto& profiles = review.protocol().decisions.profiles;
  const auto it = profiles.find(review.decision == nullptr ? review.session.info().profile : review.decision->profile);
  return it == profiles.end() ? nullptr : &it->second;
}

void add_decision_table(Document& document, const Review& review, Appendices& appendices) {
  const auto* rules = rules_in_use(review);
  if (rules == nullptr) return;
  document.blocks.emplace_back(Heading{1, appendices.next("Decision table"), "decision-table"});
  document.blocks.emplace_back(Paragraph{plain("The first rule that holds decides.")});
  Table table{
      {},
      {{"Rule", Align::kLeft, 1}, {"When", Align::kLeft, 6}, {"Then", Align::kLeft, 2}, {"Result", Align::kLeft, 2}},
      {}};
  for (const auto& rule : *rules) {
    const auto status = status_of(review, rule);
    const bool fired = status == TableRuleStatus::kDecided || status == TableRuleStatus::kFired;
    table.rows.push_back({{plain(rule.id)},
                          {{{rule.when.text(), Style::kCode}}},
                          {plain(review.protocol().decisions.labels.at(rule.then))},
                          {plain(std::string(words_for(status))), fired ? tone_of(rule.then) : Tone::kNeutral}});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_checkpoints(Document& document, const Review& review, Appendices& appendices) {
  document.blocks.emplace_back(Heading{1, appendices.next("Checkpoints"), "checkpoints"});
  if (review.facts.checkpoints.empty()) {
    document.blocks.emplace_back(Paragraph{plain("None has been written.")});
    return;
  }
  Table table{{},
              {{"No.", Align::kRight, 1},
               {"Stage", Align::kLeft, 3},
               {"Written", Align::kLeft, 3},
               {"SHA-256", Align::kLeft, 9}},
              {}};
  for (const auto& checkpoint : review.facts.checkpoints) {
    table.rows.push_back({{plain(std::to_string(checkpoint.seq))},
                          {plain(checkpoint.stage.empty() ? "Decision" : stage_title(review, checkpoint.stage))},
                          {plain(shown_time(checkpoint.at))},
                          {{{checkpoint.hash.to_hex(), Style::kCode}}}});
  }
  document.blocks.emplace_back(std::move(table));
  document.blocks.emplace_back(
      Paragraph{{{"Each hash covers the one before it. Check them with "},
                 {"tollgate session verify " + review.session.info().id.to_string(), Style::kCode}}});
}

void add_references(Document& document, const Review& review) {
  if (review.protocol().references.empty()) return;
  document.blocks.emplace_back(Heading{1, "References", "references"});
  for (auto& entry : reference_list(review.protocol().references))
    document.blocks.emplace_back(Paragraph{std::move(entry)});
}

void add_signatures(Document& document, const Review& review) {
  const auto& roles = review.protocol().charter.sign;
  if (roles.empty()) return;
  document.blocks.emplace_back(Heading{1, "Signatures", "signatures"});
  document.blocks.emplace_back(Signatures{roles});
}

}  // namespace tollgate::charter
