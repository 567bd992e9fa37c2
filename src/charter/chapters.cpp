#include "charter/chapters.hpp"

#include <set>

#include <fmt/format.h>

#include "charter/value_block.hpp"

namespace tollgate::charter {
namespace {

using protocol::CharterSection;
using protocol::Question;

class Chapter {
 public:
  Chapter(const Review& review, std::set<std::string>& printed) : review_(review), printed_(printed) {}

  std::vector<Block> write(const CharterSection& section) {
    if (section.text) blocks_.emplace_back(Paragraph{plain(section.text->render(review_.session.environment()))});
    for (const auto index : section.show) show(review_.protocol().questions[index]);
    flush();
    return std::move(blocks_);
  }

 private:
  void show(const Question& question) {
    const auto* value = review_.session.environment().find(question.name);
    if (value == nullptr) {
      show_missing(question);
      return;
    }
    const AnswerLine* line = review_.find(question);
    const std::string remark = line == nullptr ? std::string() : remark_on(*line);
    if (auto fact = as_fact(question, *value)) {
      if (!remark.empty()) fact->push_back({fmt::format(" ({})", remark), Style::kEmphasis});
      facts_.items.emplace_back(question.label, std::move(*fact));
      return;
    }
    flush();
    blocks_.emplace_back(Heading{3, question.label, anchor_of(question)});
    for (auto& block : as_blocks(review_.protocol(), question, *value)) blocks_.push_back(std::move(block));
    if (!remark.empty()) blocks_.emplace_back(Paragraph{{{remark + '.', Style::kEmphasis}}});
  }

  void show_missing(const Question& question) {
    if (question.is_derived() || !review_.session.requires_answer(question)) return;
    facts_.items.emplace_back(question.label, Text{{"not answered", Style::kEmphasis}});
  }

  // Neighbouring short values stand in one block.
  void flush() {
    if (!facts_.items.empty()) blocks_.emplace_back(std::move(facts_));
    facts_ = {};
  }

  // Where appendix A points to: the first place that shows the question.
  std::string anchor_of(const Question& question) {
    return printed_.insert(question.name).second ? "q-" + question.name : std::string();
  }

  const Review& review_;
  std::set<std::string>& printed_;
  Facts facts_;
  std::vector<Block> blocks_;
};

}  // namespace

std::set<std::string> add_chapters(Document& document, const Review& review) {
  std::set<std::string> printed;
  for (const auto& section : review.protocol().charter.sections) {
    if (section.show_if && !section.show_if->holds(review.session.environment())) continue;
    auto blocks = Chapter(review, printed).write(section);
    if (blocks.empty()) continue;
    document.blocks.emplace_back(Heading{1, section.title, "section-" + section.id});
    for (auto& block : blocks) document.blocks.push_back(std::move(block));
  }
  return printed;
}

}  // namespace tollgate::charter
