#include "charter/html.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "charter/html_style.hpp"
#include "charter/normalized.hpp"

namespace tollgate::charter {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n': out += "<br>\n"; break;
      default: out += c;
    }
  }
  return out;
}

std::string styled(const Span& span) {
  std::string text = escaped(span.text);
  switch (span.style) {
    case Style::kPlain: break;
    case Style::kStrong: return "<strong>" + text + "</strong>";
    case Style::kEmphasis: return "<em>" + text + "</em>";
    case Style::kCode: return "<code>" + text + "</code>";
  }
  return text;
}

std::string inlined(const Text& text) {
  std::string out;
  for (const auto& span : text) {
    if (span.link.empty()) {
      out += styled(span);
    } else {
      out += fmt::format(R"(<a href="{}" rel="noopener noreferrer">{}</a>)", escaped(span.link), styled(span));
    }
  }
  return out;
}

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return "neutral";
    case Tone::kGood: return "good";
    case Tone::kCaution: return "caution";
    case Tone::kBad: return "bad";
  }
  return {};
}

std::string_view class_of(Align align) {
  switch (align) {
    case Align::kLeft: return "";
    case Align::kRight: return "right";
    case Align::kCentre: return "centre";
  }
  return {};
}

std::string cell_class(Align align, Tone tone) {
  std::string classes(class_of(align));
  if (tone != Tone::kNeutral) {
    if (!classes.empty()) classes += ' ';
    classes += class_of(tone);
  }
  return classes.empty() ? "" : fmt::format(R"( class="{}")", classes);
}

// Shares of the width in steps that the style sheet has classes for.
std::string column_group(const std::vector<Column>& columns) {
  int total = 0;
  for (const auto& column : columns) total += column.weight;
  std::string out = "<colgroup>";
  for (const auto& column : columns) {
    const int steps = (column.weight * 100 + total * kWidthStep / 2) / (total * kWidthStep);
    out += fmt::format(R"(<col class="w{}">)", std::max(steps, 1) * kWidthStep);
  }
  return out + "</colgroup>\n";
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const Document& document) : document_(document) {}

  std::string write() {
    head();
    for (const auto& block : document_.blocks) std::visit(*this, block);
    if (!document_.footer.empty()) out_ += "<footer><p>" + escaped(document_.footer) + "</p></footer>\n";
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

  void operator()(const Heading& heading) {
    const std::string id = heading.anchor.empty() ? "" : fmt::format(R"( id="{}")", heading.anchor);
    out_ += fmt::format("<h{0}{1} dir=\"auto\">{2}</h{0}>\n", heading.level + 1, id, escaped(heading.text));
  }
  void operator()(const Paragraph& paragraph) { add_paragraph(paragraph.text); }
  void operator()(const Bullets& bullets) {
    out_ += "<ul>\n";
    for (const auto& item : bullets.items) out_ += "<li dir=\"auto\">" + inlined(item) + "</li>\n";
    out_ += "</ul>\n";
  }
  void operator()(const Quote& quote) {
    out_ += "<blockquote><p dir=\"auto\">" + escaped(quote.text) + "</p></blockquote>\n";
  }
  void operator()(const Callout& callout) {
    out_ += fmt::format("<div class=\"callout {}\" role=\"note\">\n", class_of(callout.tone));
    if (!callout.title.empty()) {
      out_ += "<p class=\"headline\" dir=\"auto\">" + escaped(callout.title) + "</p>\n";
    }
    for (const auto& paragraph : callout.paragraphs) add_paragraph(paragraph);
    out_ += "</div>\n";
  }
  void operator()(const Table& table) {
    open_table(table);
    for (const auto& row : table.rows) {
      out_ += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) {
        out_ += fmt::format("<td{} dir=\"auto\">{}</td>", cell_class(table.columns[i].align, row[i].tone),
                            inlined(row[i].text));
      }
      out_ += "</tr>\n";
    }
    out_ += "</tbody>\n</table></div>\n";
  }
  void operator()(const Facts& facts) {
    out_ += "<dl>\n";
    for (const auto& [name, value] : facts.items) {
      out_ += fmt::format("<dt dir=\"auto\">{}</dt><dd dir=\"auto\">{}</dd>\n", escaped(name), inlined(value));
    }
    out_ += "</dl>\n";
  }
  void operator()(const Signatures& signatures) {
    const Labels& labels = document_.labels;
    out_ += "<ul class=\"signatures\">\n";
    for (const auto& role : signatures.roles) {
      out_ += "<li><span class=\"role\" dir=\"auto\">" + escaped(role) + "</span>";
      for (const auto* label : {&labels.name, &labels.signature, &labels.date}) {
        out_ += "<span class=\"blank\">" + escaped(*label) + "</span>";
      }
      out_ += "</li>\n";
    }
    out_ += "</ul>\n";
  }
  void operator()(PageBreak) { out_ += "<hr>\n"; }

 private:
  void head() {
    out_ += fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>",
        document_.language, html_style_hash(), escaped(document_.title));
    out_ += html_style();
    out_ += "</style>\n</head>\n<body>\n<main>\n<header class=\"title\">\n";
    out_ += "<h1 dir=\"auto\">" + escaped(document_.title) + "</h1>\n";
    if (!document_.subtitle.empty()) out_ += "<p dir=\"auto\">" + escaped(document_.subtitle) + "</p>\n";
    out_ += "</header>\n";
  }

  void add_paragraph(const Text& text) { out_ += "<p dir=\"auto\">" + inlined(text) + "</p>\n"; }

  // A wide table scrolls in its own box, which the keyboard must reach.
  void open_table(const Table& table) {
    const std::string caption = escaped(table.caption);
    const std::string label = caption.empty() ? "" : fmt::format(R"( role="region" aria-label="{}")", caption);
    out_ += fmt::format("<div class=\"table\"{} tabindex=\"0\"><table>\n", label);
    if (!caption.empty()) out_ += "<caption dir=\"auto\">" + caption + "</caption>\n";
    out_ += column_group(table.columns) + "<thead><tr>";
    for (const auto& column : table.columns) {
      out_ += fmt::format("<th scope=\"col\"{} dir=\"auto\">{}</th>", cell_class(column.align, Tone::kNeutral),
                          escaped(column.title));
    }
    out_ += "</tr></thead>\n<tbody>\n";
  }

  const Document& document_;
  std::string out_;
};

}  // namespace

std::string to_html(const Document& document) {
  const Document clean = normalized(document);
  return HtmlWriter(clean).write();
}

}  // namespace tollgate::charter
