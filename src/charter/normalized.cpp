#include "charter/normalized.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "charter/clean_text.hpp"
#include "charter/links.hpp"
#include "charter/walk.hpp"

namespace tollgate::charter {
namespace {

using Anchors = std::set<std::string, std::less<>>;

void trim_ends(Text& text) {
  const auto blank = [](const Span& span) { return base::trim(span.text).empty(); };
  while (!text.empty() && blank(text.front())) text.erase(text.begin());
  while (!text.empty() && blank(text.back())) text.pop_back();
  if (text.empty()) return;
  auto& first = text.front().text;
  first.erase(0, first.find_first_not_of(" \n"));
  auto& last = text.back().text;
  last.erase(last.find_last_not_of(" \n") + 1);
}

// Three and more line ends in a row are two.
std::string without_wide_gaps(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && out.ends_with("\n\n")) continue;
    out += c;
  }
  return out;
}

Text normalized_text(const Text& text) {
  Text out;
  for (const auto& span : text) {
    Span next{without_wide_gaps(clean(span.text)), span.style, span.link};
    if (next.text.empty()) continue;
    if (!out.empty() && out.back().style == next.style && out.back().link == next.link) {
      out.back().text += next.text;
    } else {
      out.push_back(std::move(next));
    }
  }
  trim_ends(out);
  return out;
}

std::vector<Text> split_paragraphs(const Text& text) {
  std::vector<Text> paragraphs(1);
  for (const auto& span : text) {
    std::string_view rest = span.text;
    for (auto gap = rest.find("\n\n"); gap != std::string_view::npos; gap = rest.find("\n\n")) {
      paragraphs.back().push_back({std::string(rest.substr(0, gap)), span.style, span.link});
      paragraphs.emplace_back();
      rest.remove_prefix(gap + 2);
    }
    paragraphs.back().push_back({std::string(rest), span.style, span.link});
  }
  for (auto& paragraph : paragraphs) paragraph = normalized_text(paragraph);
  std::erase_if(paragraphs, [](const Text& paragraph) { return paragraph.empty(); });
  return paragraphs;
}

std::string resolved_link(std::string_view link, const Anchors& anchors) {
  if (link.starts_with('#')) return anchors.contains(link.substr(1)) ? std::string(link) : std::string();
  return safe_url(link).value_or(std::string());
}

void square(Table& table) {
  for (auto& row : table.rows) row.resize(table.columns.size());
}

// Appends a block in its normal form: none, one, or several blocks.
class BlockNormalizer {
 public:
  explicit BlockNormalizer(std::vector<Block>& out) : out_(out) {}

  void operator()(Heading heading) {
    heading.level = std::clamp(heading.level, 1, 3);
    heading.text = clean_line(heading.text);
    if (!is_anchor(heading.anchor) || !anchors_.insert(heading.anchor).second) heading.anchor.clear();
    out_.emplace_back(std::move(heading));
  }
  void operator()(const Paragraph& paragraph) {
    for (auto& part : split_paragraphs(paragraph.text)) out_.emplace_back(Paragraph{std::move(part)});
  }
  void operator()(Bullets bullets) {
    for (auto& item : bullets.items) item = normalized_text(item);
    if (!bullets.items.empty()) out_.emplace_back(std::move(bullets));
  }
  void operator()(const Quote& quote) {
    const Text text = normalized_text(plain(quote.text));
    if (!text.empty()) out_.emplace_back(Quote{text.front().text});
  }
  void operator()(const Callout& callout) {
    Callout out{callout.tone, clean_line(callout.title), {}};
    for (const auto& paragraph : callout.paragraphs) {
      std::ranges::move(split_paragraphs(paragraph), std::back_inserter(out.paragraphs));
    }
    if (!out.title.empty() || !out.paragraphs.empty()) out_.emplace_back(std::move(out));
  }
  void operator()(Table table) {
    if (table.columns.empty()) return;
    table.caption = clean_line(table.caption);
    for (auto& column : table.columns) {
      column.title = clean_line(column.title);
      column.weight = std::clamp(column.weight, 1, 100);
    }
    square(table);
    for (auto& row : table.rows) {
      for (auto& cell : row) cell.text = normalized_text(cell.text);
    }
    out_.emplace_back(std::move(table));
  }
  void operator()(Facts facts) {
    for (auto& [name, value] : facts.items) {
      name = clean_line(name);
      value = normalized_text(value);
    }
    if (!facts.items.empty()) out_.emplace_back(std::move(facts));
  }
  void operator()(Signatures signatures) {
    for (auto& role : signatures.roles) role = clean_line(role);
    if (!signatures.roles.empty()) out_.emplace_back(std::move(signatures));
  }
  void operator()(PageBreak page_break) { out_.emplace_back(page_break); }

  const Anchors& anchors() const { return anchors_; }

 private:
  std::vector<Block>& out_;
  Anchors anchors_;
};

std::string language_tag(std::string_view language) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  const bool valid = !language.empty() && language.size() <= 35 && std::ranges::all_of(language, allowed);
  return valid ? std::string(language) : std::string("en");
}

}  // namespace

Document normalized(Document document) {
  for (auto* line : {&document.title, &document.subtitle, &document.footer, &document.labels.role,
                     &document.labels.name, &document.labels.signature, &document.labels.date}) {
    *line = clean_line(*line);
  }
  document.language = language_tag(document.language);
  std::vector<Block> blocks;
  BlockNormalizer normalizer(blocks);
  for (auto& block : document.blocks) std::visit(normalizer, std::move(block));
  document.blocks = std::move(blocks);
  for_each_text(document, [&](Text& text) {
    for (auto& span : text) span.link = resolved_link(span.link, normalizer.anchors());
  });
  return document;
}

}  // namespace tollgate::charter
