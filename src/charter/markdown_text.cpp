#include "charter/markdown_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_digit(c) || is_letter(c);
}
bool is_punctuation(char c) {
  return c > ' ' && c < 0x7f && !is_word(c);
}
bool among(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// What stands next to a piece of text on its line; a space where there is nothing.
struct Neighbours {
  char before = ' ';
  char after = ' ';
};

// Escapes plain text. `line_start`: where in `text` an escape is needed to keep it from starting a block.
class Escaper {
 public:
  Escaper(std::string_view text, Neighbours around, std::size_t line_start)
      : text_(text), around_(around), line_start_(line_start) {}

  std::string escaped() const {
    std::string out;
    out.reserve(text_.size() + text_.size() / 8);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (i == line_start_ || needs_escape(i)) out += '\\';
      out += text_[i];
    }
    return out;
  }

 private:
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : around_.after; }
  char before(std::size_t i) const { return i > 0 ? text_[i - 1] : around_.before; }

  bool needs_escape(std::size_t i) const {
    const char c = text_[i];
    const char next = at(i + 1);
    if (among(c, "\\`[]|~")) return true;
    if (c == '*') return !(is_space(before(i)) && is_space(next));
    if (c == '<') return !(is_space(next) || is_digit(next) || next == '=');
    if (c == '_') return !(is_word(before(i)) && is_word(next));
    if (c == '&') return next == '#' || is_letter(next);
    if (c == '$') return !(is_digit(next) || is_space(next));  // "$x$" is mathematics on GitHub
    if (c == '!') return next == '[';
    if (c == '#') return i + 1 == text_.size() && is_space(around_.after);  // closes a heading
    return is_autolink(i);
  }

  // GitHub links "https://…" and "www.…" by itself; ours are the only links there should be.
  bool is_autolink(std::size_t i) const {
    if (text_[i] == ':') return text_.substr(i).starts_with("://");
    return text_[i] == '.' && i >= 3 && base::lower_ascii(text_.substr(i - 3, 3)) == "www";
  }

  std::string_view text_;
  Neighbours around_;
  std::size_t line_start_;
};

// Where a line that starts with `text` would begin a heading, list, quote, rule or table; npos for nowhere.
std::size_t block_start(std::string_view text) {
  if (text.empty()) return std::string_view::npos;
  if (among(text.front(), "#>-+*=:")) return 0;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool numbered = digits > 0 && digits < text.size() && among(text[digits], ".)");
  return numbered ? digits : std::string_view::npos;
}

// A table's cell splits at every '|', so code with one needs the long form there.
std::string code_element(std::string_view text) {
  std::string out = "<code>";
  for (const char c : text) {
    out += is_punctuation(c) ? fmt::format("&#{};", static_cast<int>(c)) : std::string(1, c);
  }
  return out + "</code>";
}

std::string code_span(std::string_view text, MarkdownPlace place) {
  if (place == MarkdownPlace::kInline && text.find('|') != std::string_view::npos) return code_element(text);
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');  // longer than every run of backticks inside
  const std::string_view pad = text.starts_with('`') || text.ends_with('`') ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad, text);
}

// Whether a character outside ASCII may be white space (of all blocks that hold some); emphasis must not touch it.
bool may_be_space(std::string_view character) {
  return std::ranges::any_of(
      std::array<std::string_view, 5>{"\xc2\xa0", "\xe1\x9a", "\xe2\x80", "\xe2\x81", "\xe3\x80"},
      [&](std::string_view start) { return character.starts_with(start); });
}

bool edge_flanks(std::string_view character, char outside) {
  const char c = character.front();
  if (is_word(c)) return true;
  if (is_punctuation(c)) return is_space(outside) || is_punctuation(outside);
  return is_space(outside) && !may_be_space(character);
}

std::string_view last_character(std::string_view text) {
  std::size_t start = text.size() - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) --start;
  return text.substr(start);
}

// Whether `**inner**` is read as emphasis between these neighbours (left- and right-flanking rule). Unsure means no.
bool flanks(std::string_view inner, Neighbours around) {
  if (around.before == '*' || around.after == '*') return false;
  return edge_flanks(inner, around.before) && edge_flanks(last_character(inner), around.after);
}

std::string emphasised(const std::string& inner, std::string_view core, Neighbours around, Style style) {
  const std::string mark = style == Style::kStrong ? "**" : "*";
  const std::string tag = style == Style::kStrong ? "strong" : "em";
  if (flanks(core, around)) return mark + inner + mark;
  return "<" + tag + ">" + inner + "</" + tag + ">";
}

// The first character the span will put on the line.
char first_character(const Span& span) {
  if (!span.link.empty() && !is_space(span.text.front())) return '[';
  switch (span.style) {
    case Style::kPlain: break;
    case Style::kCode: return '`';
    case Style::kStrong:
    case Style::kEmphasis: return is_space(span.text.front()) ? ' ' : '*';
  }
  return span.text.front();
}

class LineWriter {
 public:
  explicit LineWriter(MarkdownPlace place) : place_(place) {}

  std::string write(const Text& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      after_ = i + 1 < line.size() ? first_character(line[i + 1]) : ' ';
      add(line[i]);
    }
    return std::string(base::trim(out_));
  }

 private:
  // Spaces at the ends of a span go outside its marks, where emphasis allows them.
  void add(const Span& span) {
    const std::string_view text = span.text;
    const std::string_view core = base::trim(text);
    if (core.empty()) {
      out_ += text;
      return;
    }
    const auto lead = static_cast<std::size_t>(core.data() - text.data());
    const std::size_t tail = text.size() - lead - core.size();
    out_ += text.substr(0, lead);
    const Neighbours around{out_.empty() ? ' ' : out_.back(), tail > 0 ? ' ' : after_};
    out_ += span.link.empty() ? styled(core, span.style, around) : linked(core, span);
    out_ += text.substr(text.size() - tail);
  }

  std::string styled(std::string_view core, Style style, Neighbours around) const {
    switch (style) {
      case Style::kPlain: return escape(core, around);
      case Style::kCode: return code_span(core, place_);
      case Style::kStrong:
      case Style::kEmphasis: break;
    }
    return emphasised(Escaper(core, {'*', '*'}, std::string_view::npos).escaped(), core, around, style);
  }

  std::string escape(std::string_view core, Neighbours around) const {
    const bool starts_line = place_ == MarkdownPlace::kParagraph && base::trim(out_).empty();
    return Escaper(core, around, starts_line ? block_start(core) : std::string_view::npos).escaped();
  }

  std::string linked(std::string_view core, const Span& span) const {
    const std::string label = span.style == Style::kPlain ? Escaper(core, {'[', ']'}, std::string_view::npos).escaped()
                                                          : styled(core, span.style, {'[', ']'});
    std::string target;
    for (const char c : span.link) target += c == '&' ? std::string("&amp;") : std::string(1, c);
    return "[" + label + "](" + target + ")";
  }

  MarkdownPlace place_;
  std::string out_;
  char after_ = ' ';
};

std::vector<Text> split_lines(const Text& text) {
  std::vector<Text> lines(1);
  for (const auto& span : text) {
    bool first = true;
    for (const auto part : base::split(span.text, '\n')) {
      if (!first) lines.emplace_back();
      first = false;
      if (!part.empty()) lines.back().push_back({std::string(part), span.style, span.link});
    }
  }
  return lines;
}

}  // namespace

std::vector<std::string> markdown_lines(const Text& text, MarkdownPlace place) {
  std::vector<std::string> lines;
  for (const auto& line : split_lines(text)) lines.push_back(LineWriter(place).write(line));
  return lines;
}

}  // namespace tollgate::charter
