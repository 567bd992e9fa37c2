#include "charter/decision_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "charter/wording.hpp"

namespace tollgate::charter {
namespace {

using protocol::FiredRule;
using protocol::Outcome;

std::string options_text(const Review& review) {
  std::vector<std::string> parts;
  const auto& chosen = review.session.info().options;
  for (const auto& option : review.protocol().options) {
    const auto it = chosen.find(option.id);
    parts.push_back(fmt::format("{}: {}", option.id, it == chosen.end() ? option.default_value : it->second));
  }
  return base::join(parts, ", ");
}

const FiredRule* deciding_rule(const protocol::DecisionResult& result) {
  const auto it = std::ranges::find(result.fired, result.rule, &FiredRule::id);
  return it == result.fired.end() ? nullptr : &*it;
}

std::string counts_text(const Review& review) {
  std::string text = counted(review.answers.size(), "answer");
  if (review.escalated() > 0) text += fmt::format(", {} of them kept below the threshold", review.escalated());
  text += fmt::format("; {}; {}", counted(review.waivers.size(), "waiver"), counted(review.findings.size(), "finding"));
  std::vector<std::string> severities;
  for (const auto severity : {protocol::Severity::kCritical, protocol::Severity::kMajor, protocol::Severity::kMinor}) {
    const auto count = std::ranges::count(review.findings, severity, [](const auto& f) { return f.check->severity; });
    if (count > 0) severities.push_back(fmt::format("{} {}", count, protocol::name(severity)));
  }
  if (!severities.empty()) text += " (" + base::join(severities, ", ") + ")";
  return text + '.';
}

void add_callout(Document& document, const Review& review) {
  const auto& result = review.decision->result;
  Callout callout{tone_of(result.outcome), "Decision: " + review.protocol().decisions.labels.at(result.outcome), {}};
  Text because{{"Rule " + result.rule, Style::kStrong}};
  if (const auto* rule = deciding_rule(result); rule != nullptr && !rule->text.empty())
    because.push_back({": " + rule->text});
  callout.paragraphs.push_back(std::move(because));
  callout.paragraphs.push_back(plain(assessed_by(review)));
  callout.paragraphs.push_back(plain(counts_text(review)));
  document.blocks.emplace_back(std::move(callout));
}

std::string label_of(const Review& review, const std::string& name) {
  const auto* question = review.protocol().find_question(name);
  return question == nullptr ? name : question->label;
}

void add_reasons(Document& document, const Review& review) {
  const auto& result = review.decision->result;
  document.blocks.emplace_back(Heading{1, "Why", "why"});
  for (const auto& rule : result.fired) {
    Text text{{rule.id, Style::kStrong},
              {fmt::format(" ({}{}): ", review.protocol().decisions.labels.at(rule.outcome),
                           rule.id == result.rule ? ", decides" : "")},
              {rule.text}};
    document.blocks.emplace_back(Paragraph{std::move(text)});
    Facts reads;
    for (const auto& [name, value] : rule.reads) {
      Text shown = plain(value);
      if (review.protocol().find_question(name) != nullptr)
        shown.insert(shown.end(), {{"  "}, {name, Style::kCode, "#q-" + name}});
      reads.items.emplace_back(label_of(review, name), std::move(shown));
    }
    if (!reads.items.empty()) document.blocks.emplace_back(std::move(reads));
  }
}

void add_bullets(Document& document, const std::vector<std::string>& items) {
  Bullets bullets;
  for (const auto& item : items) bullets.items.push_back(plain(item));
  document.blocks.emplace_back(std::move(bullets));
}

void add_lift(Document& document, const Review& review) {
  const auto& result = review.decision->result;
  if (result.outcome == Outcome::kProceed && result.lift.empty()) return;
  document.blocks.emplace_back(Heading{1, "What would change this decision", "lift"});
  if (!result.lift.empty()) {
    document.blocks.emplace_back(
        Paragraph{plain(result.lift.size() == 1 ? "This is needed; then submit the changed answers again."
                                                : "All of this is needed; then submit the changed answers again.")});
    add_bullets(document, result.lift);
    return;
  }
  document.blocks.emplace_back(Paragraph{
      plain("The protocol names no condition. The outcome changes when none of these rules holds any more:")});
  Bullets bullets;
  for (const auto& rule : result.fired) {
    if (rule.outcome == result.outcome) bullets.items.push_back({{rule.id, Style::kStrong}, {": " + rule.text}});
  }
  document.blocks.emplace_back(std::move(bullets));
}

void add_duties(Document& document, const Review& review) {
  const auto& duties = review.decision->result.duties;
  const bool due = std::ranges::any_of(review.waivers, [](const auto* waiver) { return waiver->due.has_value(); });
  if (duties.empty() && !due) return;
  document.blocks.emplace_back(Heading{1, "Duties", "duties"});
  std::vector<std::string> items = duties;
  for (const auto* waiver : review.waivers) {
    if (waiver->due)
      items.push_back(
          fmt::format("By {}: remove the cause of the waiver of {}.", waiver->due->to_string(), waiver->rule));
  }
  add_bullets(document, items);
}

}  // namespace

void add_title_block(Document& document, const Review& review) {
  const auto& info = review.session.info();
  const auto& protocol = review.protocol();
  Facts facts;
  const auto add = [&](std::string name, std::string value) {
    if (!value.empty()) facts.items.emplace_back(std::move(name), plain(std::move(value)));
  };
  add("Project", info.title);
  if (info.owner != session::kLocalOwner) add("Owner", info.owner);
  facts.items.emplace_back("Protocol", Text{{fmt::format("{}, version {} ", protocol.title, protocol.version)},
                                            {protocol.hash.to_hex().substr(0, 12), Style::kCode}});
  facts.items.emplace_back("Session", Text{{info.id.to_string(), Style::kCode}});
  if (review.decision != nullptr) {
    add("Decision", protocol.decisions.labels.at(review.decision->result.outcome));
    add("Decided", shown_time(review.decision->at));
  }
  add("Decision profile", review.decision == nullptr ? info.profile : review.decision->profile);
  add("Options", options_text(review));
  add("Printed", shown_time(review.facts.generated_at) +
                     (review.facts.program_version.empty() ? "" : ", Tollgate " + review.facts.program_version));
  document.blocks.emplace_back(std::move(facts));
}

void add_decision(Document& document, const Review& review) {
  add_callout(document, review);
  add_reasons(document, review);
  add_lift(document, review);
  add_duties(document, review);
}

void add_open_points(Document& document, const Review& review) {
  Callout callout{Tone::kCaution, "Draft: nothing has been decided", {}};
  callout.paragraphs.push_back(plain(assessed_by(review)));
  callout.paragraphs.push_back(plain(counts_text(review)));
  document.blocks.emplace_back(std::move(callout));
  document.blocks.emplace_back(Heading{1, "Open", "open"});
  Bullets bullets;
  for (const auto& point : review.open) {
    Text text{{point.label, Style::kStrong}};
    if (!point.subject.empty()) text.push_back({fmt::format(" ({})", point.subject)});
    text.push_back({": " + point.why});
    bullets.items.push_back(std::move(text));
  }
  document.blocks.emplace_back(std::move(bullets));
}

}  // namespace tollgate::charter
