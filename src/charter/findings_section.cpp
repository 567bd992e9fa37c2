#include "charter/findings_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

std::string found_by(const CheckLine& line) {
  if (line.check->kind == protocol::CheckKind::kRule) return "rule";
  return line.outcome == nullptr || line.outcome->model.empty() ? "language model" : line.outcome->model;
}

Table findings_table(const Review& review) {
  Table table{{},
              {{"Severity", Align::kLeft, 2},
               {"Check", Align::kLeft, 1},
               {"Finding", Align::kLeft, 8},
               {"Found by", Align::kLeft, 2}},
              {}};
  for (const auto& line : review.findings) {
    table.rows.push_back({{plain(std::string(protocol::name(line.check->severity))), tone_of(line.check->severity)},
                          {plain(line.check->id)},
                          {plain(line.outcome->text)},
                          {plain(found_by(line))}});
  }
  return table;
}

// What the check would have said, so that a reader can judge it without us.
std::string subject_of(const protocol::Check& check) {
  return check.kind == protocol::CheckKind::kLlm ? check.ask : check.must->text();
}

void add_not_made(Document& document, const Review& review) {
  Bullets bullets;
  for (const auto& line : review.not_made) {
    if (line.outcome == nullptr) continue;
    std::string why = line.outcome->text;
    if (why.empty()) why = line.check->kind == protocol::CheckKind::kLlm ? "no model was reachable" : "undetermined";
    bullets.items.push_back({{line.check->id, Style::kStrong},
                             {fmt::format(" ({}): {} ", protocol::name(line.check->severity), subject_of(*line.check))},
                             {why, Style::kEmphasis}});
  }
  if (bullets.items.empty()) return;
  document.blocks.emplace_back(Heading{2, "Checks not made"});
  document.blocks.emplace_back(std::move(bullets));
}

}  // namespace

void add_findings(Document& document, const Review& review) {
  if (review.protocol().checks.empty()) return;
  document.blocks.emplace_back(Heading{1, "Findings", "findings"});
  if (!review.findings.empty()) document.blocks.emplace_back(findings_table(review));
  std::vector<std::string> rest;
  if (review.consistent > 0) rest.push_back(counted(review.consistent, "check") + " found no contradiction");
  if (review.inapplicable > 0) rest.push_back(counted(review.inapplicable, "check") + " did not apply");
  const auto waiting = std::ranges::count(review.not_made, nullptr, &CheckLine::outcome);
  if (waiting > 0) rest.push_back(counted(static_cast<std::size_t>(waiting), "check") + " not run yet");
  if (!rest.empty()) document.blocks.emplace_back(Paragraph{plain(base::join(rest, ", ") + '.')});
  add_not_made(document, review);
}

}  // namespace tollgate::charter
