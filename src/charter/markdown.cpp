#include "charter/markdown.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "charter/markdown_text.hpp"
#include "charter/normalized.hpp"
#include "charter/walk.hpp"

namespace tollgate::charter {
namespace {

constexpr std::size_t kWidestPaddedColumn = 40;  // wider cells would only push the source off the screen

// The anchors something links to; the others would be noise in the source.
std::set<std::string> linked_anchors(const Document& document) {
  std::set<std::string> anchors;
  for_each_text(document, [&](const Text& text) {
    for (const auto& span : text) {
      if (span.link.starts_with('#')) anchors.insert(span.link.substr(1));
    }
  });
  return anchors;
}

std::string on_one_line(const Text& text) {
  const auto lines = markdown_lines(text, MarkdownPlace::kInline);
  return base::join(lines, "<br>");
}

std::string on_one_line(const std::string& text) {
  return on_one_line(plain(text));
}

std::size_t characters(std::string_view text) {
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, starts));
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::size_t length = characters(text);
  const std::size_t missing = width > length ? width - length : 0;
  switch (align) {
    case Align::kLeft: return text + std::string(missing, ' ');
    case Align::kRight: return std::string(missing, ' ') + text;
    case Align::kCentre: break;
  }
  return std::string(missing / 2, ' ') + text + std::string(missing - missing / 2, ' ');
}

std::string delimiter(std::size_t width, Align align) {
  const std::string dashes(std::max<std::size_t>(width, 3) - 1, '-');
  switch (align) {
    case Align::kLeft: return dashes + "-";
    case Align::kRight: return dashes + ":";
    case Align::kCentre: break;
  }
  return ":" + dashes.substr(1) + ":";
}

using Row = std::vector<std::string>;

// A table of ready cells, padded so that its columns stand under each other in the source too.
class TableWriter {
 public:
  explicit TableWriter(const std::vector<Column>& columns) : columns_(columns), widths_(columns.size(), 3) {
    Row titles;
    for (const auto& column : columns) titles.push_back(on_one_line(column.title));
    add(std::move(titles));
  }

  void add(Row row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], std::min(characters(row[i]), kWidestPaddedColumn));
    }
    rows_.push_back(std::move(row));
  }

  std::string written() const {
    Row delimiters;
    for (std::size_t i = 0; i < columns_.size(); ++i) delimiters.push_back(delimiter(widths_[i], columns_[i].align));
    std::string out = line(rows_.front()) + line(delimiters);
    for (std::size_t i = 1; i < rows_.size(); ++i) out += line(rows_[i]);
    return out;
  }

 private:
  std::string line(const Row& row) const {
    std::string out = "|";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += " " + padded(row[i], widths_[i], columns_[i].align) + " |";
    }
    return out + "\n";
  }

  const std::vector<Column>& columns_;
  std::vector<std::size_t> widths_;
  std::vector<Row> rows_;
};

// Writes block after block, with a blank line before each.
class MarkdownWriter {
 public:
  explicit MarkdownWriter(const Document& document) : document_(document), linked_(linked_anchors(document)) {}

  std::string write() {
    if (!document_.title.empty()) out_ += "# " + on_one_line(document_.title) + "\n";
    if (!document_.subtitle.empty()) paragraph({Span{document_.subtitle, Style::kEmphasis}});
    for (const auto& block : document_.blocks) std::visit(*this, block);
    if (!document_.footer.empty()) {
      (*this)(PageBreak{});
      paragraph(plain(document_.footer));
    }
    return out_.empty() ? "\n" : std::move(out_);
  }

  void operator()(const Heading& heading) {
    begin();
    if (linked_.contains(heading.anchor)) out_ += "<a id=\"" + heading.anchor + "\"></a>\n\n";
    const std::string marks(static_cast<std::size_t>(heading.level) + 1, '#');
    out_ += marks + " " + on_one_line(heading.text) + "\n";
  }
  void operator()(const Paragraph& block) { paragraph(block.text); }
  void operator()(const Bullets& bullets) {
    begin();
    for (const auto& item : bullets.items) lines(markdown_lines(item, MarkdownPlace::kParagraph), "- ", "  ");
  }
  void operator()(const Quote& quote) {
    begin();
    lines(markdown_lines(plain(quote.text), MarkdownPlace::kParagraph), "> ", "> ");
  }
  void operator()(const Callout& callout) {
    begin();
    std::vector<Text> parts = callout.paragraphs;
    if (!callout.title.empty()) parts.insert(parts.begin(), strong(callout.title));
    bool first = true;
    for (const auto& part : parts) {
      if (!first) out_ += ">\n";
      first = false;
      lines(markdown_lines(part, MarkdownPlace::kParagraph), "> ", "> ");
    }
  }
  void operator()(const Table& table) {
    if (!table.caption.empty()) paragraph(strong(table.caption));
    begin();
    TableWriter writer(table.columns);
    for (const auto& row : table.rows) {
      Row cells;
      for (const auto& cell : row) cells.push_back(on_one_line(cell.text));
      writer.add(std::move(cells));
    }
    out_ += writer.written();
  }
  // Another mark than for bullets: neighbouring lists of one mark would be one list.
  void operator()(const Facts& facts) {
    begin();
    for (const auto& [name, value] : facts.items) {
      Text line = strong(name + ":");
      line.push_back({" "});
      line.insert(line.end(), value.begin(), value.end());
      lines(markdown_lines(line, MarkdownPlace::kParagraph), "* ", "  ");
    }
  }
  void operator()(const Signatures& signatures) {
    begin();
    const Labels& labels = document_.labels;
    const std::vector<Column> columns = {{labels.role}, {labels.name}, {labels.signature}, {labels.date}};
    TableWriter writer(columns);
    for (const auto& role : signatures.roles) writer.add({on_one_line(role), "", "", ""});
    out_ += writer.written();
  }
  void operator()(PageBreak) {
    begin();
    out_ += "---\n";
  }

 private:
  void begin() {
    if (!out_.empty()) out_ += '\n';
  }

  void paragraph(const Text& text) {
    begin();
    lines(markdown_lines(text, MarkdownPlace::kParagraph), "", "");
  }

  // Two spaces at a line's end keep its break.
  void lines(const std::vector<std::string>& all, std::string_view first_prefix, std::string_view next_prefix) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool breaks = !all[i].empty() && i + 1 < all.size() && !all[i + 1].empty();
      std::string line = std::string(i == 0 ? first_prefix : next_prefix) + all[i];
      if (all[i].empty()) line.erase(line.find_last_not_of(' ') + 1);
      out_ += line + (breaks ? "  \n" : "\n");
    }
  }

  const Document& document_;
  std::set<std::string> linked_;
  std::string out_;
};

}  // namespace

std::string to_markdown(const Document& document) {
  const Document clean = normalized(document);
  return MarkdownWriter(clean).write();
}

}  // namespace tollgate::charter
