#include "tests/charter/outline.hpp"

namespace tollgate::charter {
namespace {

std::string tone(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return "";
    case Tone::kGood: return " [good]";
    case Tone::kCaution: return " [caution]";
    case Tone::kBad: return " [bad]";
  }
  return "";
}

struct Lines {
  std::string operator()(const Heading& heading) const {
    return std::string(static_cast<std::size_t>(heading.level) + 1, '#') + ' ' + heading.text + '\n';
  }
  std::string operator()(const Paragraph& paragraph) const { return "P " + outline(paragraph.text) + '\n'; }
  std::string operator()(const Bullets& bullets) const {
    std::string out;
    for (const auto& item : bullets.items) out += "- " + outline(item) + '\n';
    return out;
  }
  std::string operator()(const Quote& quote) const { return "> " + quote.text + '\n'; }
  std::string operator()(const Callout& callout) const {
    std::string out = "! " + callout.title + tone(callout.tone) + '\n';
    for (const auto& text : callout.paragraphs) out += "! " + outline(text) + '\n';
    return out;
  }
  std::string operator()(const Table& table) const {
    std::string out = "|";
    for (const auto& column : table.columns) out += ' ' + column.title + " |";
    out += '\n';
    for (const auto& row : table.rows) {
      out += '|';
      for (const auto& cell : row) out += ' ' + outline(cell.text) + tone(cell.tone) + " |";
      out += '\n';
    }
    return out;
  }
  std::string operator()(const Facts& facts) const {
    std::string out;
    for (const auto& [name, value] : facts.items) out += "= " + name + ": " + outline(value) + '\n';
    return out;
  }
  std::string operator()(const Signatures& signatures) const {
    std::string out;
    for (const auto& role : signatures.roles) out += "_ " + role + '\n';
    return out;
  }
  std::string operator()(const PageBreak&) const { return "---\n"; }
};

}  // namespace

std::string outline(const Text& text) {
  std::string out;
  for (const auto& span : text) {
    const std::string mark = span.style == Style::kEmphasis ? "*" : "";
    out += mark + span.text + mark;
  }
  return out;
}

std::string outline(const Document& document) {
  std::string out = "# " + document.title + '\n';
  for (const auto& block : document.blocks) out += std::visit(Lines{}, block);
  return out;
}

}  // namespace tollgate::charter
