#include "cli/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::cli {
namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr std::array<Range, 10> kWide{{{0x1100, 0x115f},
                                       {0x2e80, 0xa4cf},
                                       {0xac00, 0xd7a3},
                                       {0xf900, 0xfaff},
                                       {0xfe30, 0xfe6f},
                                       {0xff00, 0xff60},
                                       {0xffe0, 0xffe6},
                                       {0x1f300, 0x1f64f},
                                       {0x1f680, 0x1faff},
                                       {0x20000, 0x3fffd}}};
constexpr std::array<Range, 4> kNoWidth{{{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
// Control characters of both sets, and what turns the direction of the text around.
constexpr std::array<Range, 5> kUnprintable{
    {{0x00, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& range) { return code >= range.first && code <= range.second; });
}

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// REQUIRES: well-formed UTF-8 at `at`.
Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  char32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (byte(i) & 0x3fU);
  return {code, bytes};
}

std::size_t width_of(char32_t code) {
  return is_in(kNoWidth, code) ? 0 : is_in(kWide, code) ? 2 : 1;
}

// How many bytes of the text fit into `columns`.
std::size_t fitting(std::string_view text, std::size_t columns) {
  std::size_t width = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto character = character_at(text, at);
    width += width_of(character.code);
    if (width > columns) break;
    at += character.bytes;
  }
  return at;
}

void wrap_line(std::string_view text, std::size_t columns, std::vector<std::string>& lines) {
  const std::size_t before = lines.size();
  std::string line;
  for (std::string_view word : base::split(text, ' ')) {
    const std::size_t used = display_width(line);
    if (!line.empty() && used + 1 + display_width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    } else if (!line.empty()) {
      line += ' ';
    }
    while (display_width(word) > columns) {
      const std::size_t bytes = std::max<std::size_t>(fitting(word, columns), character_at(word, 0).bytes);
      lines.emplace_back(word.substr(0, bytes));
      word.remove_prefix(bytes);
    }
    line += word;
  }
  if (!line.empty() || lines.size() == before) lines.push_back(std::move(line));
}

// Each column gets what it needs; when that is too much, at most an even share of what the narrow ones leave.
std::vector<std::size_t> column_widths(const std::vector<std::size_t>& wanted, std::size_t columns) {
  constexpr std::size_t kGap = 2;
  constexpr std::size_t kNarrowest = 6;
  std::vector<std::size_t> widths;
  std::size_t least = 0;
  for (const std::size_t width : wanted) {
    least += std::min(width, kNarrowest) + kGap;
    if (!widths.empty() && least > columns) break;
    widths.push_back(width);
  }
  const auto total = [&] {
    std::size_t sum = 0;
    for (const auto width : widths) sum += width + kGap;
    return sum;
  };
  while (total() > columns) {
    auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    --*widest;
  }
  return widths;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t good = base::find_invalid_utf8(text).value_or(text.size());
    for (std::size_t at = 0; at < good;) {
      const auto [code, bytes] = character_at(text, at);
      if (code == U'\n' || !is_in(kUnprintable, code)) out += text.substr(at, bytes);
      if (code == U'\t') out += ' ';
      at += bytes;
    }
    if (good < text.size()) out += '?';
    text.remove_prefix(std::min(text.size(), good + 1));
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, bytes] = character_at(text, at);
    width += width_of(code);
    at += bytes;
  }
  return width;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (const auto line : base::split(text, '\n')) wrap_line(line, std::max<std::size_t>(columns, 1), lines);
  return lines;
}

std::string clipped(std::string_view text, std::size_t columns) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (display_width(line) <= columns) return line;
  line.resize(fitting(line, columns == 0 ? 0 : columns - 1));
  return line + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string line = clipped(text, columns);
  line.append(columns - std::min(columns, display_width(line)), ' ');
  return line;
}

std::vector<std::string> table_lines(const std::vector<std::string>& head,
                                     const std::vector<std::vector<std::string>>& rows, std::size_t columns) {
  std::vector<std::size_t> wanted;
  for (std::size_t column = 0; column < head.size(); ++column) {
    std::size_t width = display_width(head[column]);
    for (const auto& row : rows) width = std::max(width, display_width(row[column]));
    wanted.push_back(width);
  }
  const std::size_t number = std::to_string(rows.size()).size() + 2;
  const auto widths = column_widths(wanted, columns > number + 2 ? columns - number - 2 : 1);
  const auto line = [&](std::string first, const std::vector<std::string>& cells) {
    std::string text = padded(first, number);
    for (std::size_t column = 0; column < widths.size(); ++column) text += padded(cells[column], widths[column]) + "  ";
    if (widths.size() < head.size()) text += "…";
    return text.substr(0, text.find_last_not_of(' ') + 1);
  };
  std::vector<std::string> lines{line("", head)};
  for (std::size_t row = 0; row < rows.size(); ++row) lines.push_back(line(std::to_string(row + 1), rows[row]));
  return lines;
}

}  // namespace tollgate::cli
