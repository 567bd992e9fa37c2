#include "cli/prompter.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "cli/terminal_text.hpp"
#include "cli/typed_keys.hpp"

namespace tollgate::cli {
namespace {

constexpr std::size_t kWidest = 100;  // longer lines are hard to read
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kTerminalLineBytes = 4095;  // of canonical input mode: more is dropped by the system

std::string_view code_of(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kBold: return "\x1b[1m";
    case Style::kDim: return "\x1b[2m";
    case Style::kGood: return "\x1b[32m";
    case Style::kWarn: return "\x1b[33m";
    case Style::kBad: return "\x1b[31m";
    case Style::kAccent: return "\x1b[36m";
  }
  return "";
}

// Reads to the end of the line; what is beyond the bound is read and dropped.
LineEnd read_line(std::istream& in, std::string& line) {
  line.clear();
  bool dropped = false;
  for (int c = in.get(); c != std::char_traits<char>::eof(); c = in.get()) {
    if (c == '\n') return dropped ? LineEnd::kTooLong : LineEnd::kNewline;
    if (line.size() < kMaxLineBytes) {
      line += static_cast<char>(c);
    } else {
      dropped = true;
    }
  }
  if (dropped) return LineEnd::kTooLong;
  return line.empty() ? LineEnd::kEndOfInput : LineEnd::kNewline;
}

}  // namespace

std::size_t Prompter::columns() const {
  return std::clamp(screen_.columns, kNarrowest, kWidest) - 2;
}

std::string Prompter::styled(std::string_view text, Style style) const {
  if (!screen_.colour || style == Style::kPlain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code_of(style), text);
}

void Prompter::clear_busy() {
  if (is_busy_) fmt::print(out_, "\r\x1b[K");
  is_busy_ = false;
}

void Prompter::put(std::string_view line) {
  clear_busy();
  fmt::print(out_, "{}\n", line);
  after_gap_ = line.empty();
}

void Prompter::gap() {
  if (!after_gap_) put("");
}

void Prompter::rule(std::string_view title) {
  gap();
  const std::string text = clipped(printable(title), columns() - 6);
  const std::size_t used = display_width(text) + 4;
  std::string rest;
  for (std::size_t i = used; i < columns() + 1; ++i) rest += "─";
  put(fmt::format("{} {} {}", styled("──", Style::kAccent), styled(text, Style::kBold), styled(rest, Style::kAccent)));
}

void Prompter::hang(std::string_view lead, Style lead_style, std::string_view text, Style style, std::size_t indent) {
  const std::size_t width = display_width(lead);
  const std::size_t room = columns() + 2 > indent + width + 10 ? columns() + 2 - indent - width : 10;
  bool first = true;
  for (const auto& line : wrapped(printable(text), room)) {
    const std::string before = first ? styled(lead, lead_style) : std::string(width, ' ');
    put(line.empty() && !first ? "" : std::string(indent, ' ') + before + styled(line, style));
    first = false;
  }
}

void Prompter::say(std::string_view text, Style style, std::size_t indent) {
  hang("", Style::kPlain, text, style, indent);
}

void Prompter::item(std::string_view marker, std::string_view text, Style style, std::size_t indent) {
  const bool marked_only = style == Style::kGood || style == Style::kBad || style == Style::kWarn;
  hang(fmt::format("{} ", marker), style, text, marked_only ? Style::kPlain : style, indent);
}

void Prompter::pair(std::string_view name, std::string_view text, std::size_t name_width, Style style) {
  hang(padded(printable(name), name_width) + "  ", style, text, Style::kPlain, 2);
}

void Prompter::table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> cells = rows;
  for (auto& row : cells) {
    for (auto& cell : row) cell = clipped(printable(cell), kWidest);
  }
  gap();
  bool first = true;
  for (const auto& line : table_lines(head, cells, columns())) {
    put("  " + styled(line, first ? Style::kDim : Style::kPlain));
    first = false;
  }
}

void Prompter::busy(std::string_view text) {
  if (!screen_.colour) return;
  clear_busy();
  fmt::print(out_, "  {}", styled(clipped(printable(text), columns() - 2), Style::kDim));
  out_.flush();
  is_busy_ = true;
}

// A line, and with it the lines of a paste that began in it.
LineEnd Prompter::read_typed(std::string& line) {
  LineEnd end = read_line(in_, line);
  if (!screen_.keys) return end;
  while (end == LineEnd::kNewline && paste_is_open(line)) {
    std::string more;
    end = read_line(in_, more);
    if (line.size() + more.size() > kMaxLineBytes) end = LineEnd::kTooLong;
    if (end == LineEnd::kNewline) line += '\n' + more;
  }
  if (end == LineEnd::kEndOfInput && !line.empty()) end = LineEnd::kNewline;
  line = text_of_keys(line);
  return end;
}

std::optional<std::string> Prompter::read(std::string_view prompt) {
  for (;;) {
    clear_busy();
    fmt::print(out_, "{}{}", screen_.keys ? kMarkPastes : "", styled(printable(prompt), Style::kAccent));
    out_.flush();
    std::string line;
    const LineEnd end = read_typed(line);
    if (screen_.keys) fmt::print(out_, "{}", kMarkPastesNoMore);
    after_gap_ = false;
    if (end == LineEnd::kEndOfInput) {
      fmt::print(out_, "\n");
      return std::nullopt;
    }
    if (line.ends_with('\r')) line.pop_back();
    if (screen_.echo) fmt::print(out_, "{}\n", printable(line));
    if (!screen_.echo && line.size() >= kTerminalLineBytes)
      put("  Your terminal passes 4,095 bytes of a line at most: the end may be missing. Longer texts go into several "
          "lines.");
    if (end == LineEnd::kNewline) return line;
    put("  That line is longer than 1 MiB; shorten it.");
  }
}

}  // namespace tollgate::cli
