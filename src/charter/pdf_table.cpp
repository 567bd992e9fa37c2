#include "charter/pdf_table.hpp"

#include <algorithm>
#include <string_view>

namespace tollgate::charter {
namespace {

constexpr double kPadX = 5.5;
constexpr double kPadY = 3.6;
constexpr double kHairline = 0.5;
constexpr double kWidestWord = kBodyWidth * 0.3;  // longer words are broken
constexpr std::size_t kRowsOfSmallTable = 6;
constexpr std::size_t kRowsMeasured = 200;  // for column widths; further rows wrap in what these need

TextFormat cell_format(Align align) {
  return {.size = kTableSize, .align = align, .line_spacing = 1.1};
}

TextFormat title_format(Align align) {
  TextFormat format = cell_format(align);
  format.weight = Weight::kBold;
  return format;
}

double inner_width(const Track& track) {
  return std::max(track.width - 2 * kPadX, 1.0);
}

// Rules and letters differ in width, but the longest of a column's words is nearly always its widest.
std::string longest_word(std::string_view text, std::string longest) {
  constexpr std::string_view kSpace = " \n";
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kSpace), text.size());
    if (end > longest.size()) longest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

// The width a column needs so that none of its words is broken, padding included.
double needed_width(const TextEngine& engine, const Table& table, std::size_t column) {
  std::string word;
  const std::size_t rows = std::min(table.rows.size(), kRowsMeasured);
  for (std::size_t row = 0; row < rows; ++row) {
    for (const auto& span : table.rows[row][column].text) word = longest_word(span.text, std::move(word));
  }
  const std::string title = longest_word(table.columns[column].title, {});
  const double width =
      std::max(engine.width_of(word, title_format(Align::kLeft)), engine.width_of(title, title_format(Align::kLeft)));
  return std::min(width + 0.5, kWidestWord) + 2 * kPadX;
}

std::vector<double> shares_by_weight(const Table& table) {
  double total = 0;
  for (const auto& column : table.columns) total += column.weight;
  std::vector<double> widths;
  for (const auto& column : table.columns) widths.push_back(kBodyWidth * column.weight / total);
  return widths;
}

// Widens columns that lack room with what the others can spare, in proportion; all get as near as possible.
void widen(std::vector<double>& widths, const std::vector<double>& needed) {
  double lacking = 0;
  double spare = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    lacking += std::max(needed[i] - widths[i], 0.0);
    spare += std::max(widths[i] - needed[i], 0.0);
  }
  if (lacking <= 0 || spare <= 0) return;
  const double moved = std::min(lacking, spare);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const double gap = needed[i] - widths[i];
    widths[i] += gap > 0 ? gap * moved / lacking : gap * moved / spare;
  }
}

void add_tint(Slice& slice, const RowCell& cell) {
  if (cell.tone == Tone::kNeutral) return;
  const auto [tint, bar] = colours_of(cell.tone);
  slice.marks.emplace_back(Fill{{cell.track.x, 0, cell.track.width, slice.height}, tint});
  slice.marks.emplace_back(Fill{{cell.track.x, 0, 2, slice.height}, bar});
}

void add_line(Slice& slice, const RowCell& cell, std::size_t line, double y) {
  slice.marks.emplace_back(TextLine{cell.text, line, cell.track.x + kPadX, y});
}

Slice whole_row(const std::vector<RowCell>& cells, double height) {
  Slice slice{.height = height};
  for (const auto& cell : cells) {
    add_tint(slice, cell);
    double y = kPadY;
    for (std::size_t line = 0; line < cell.text->lines().size(); ++line) {
      add_line(slice, cell, line, y);
      y += cell.text->lines()[line].height;
    }
  }
  return slice;
}

// The row's `line`: that line of every cell which has so many.
Slice row_line(const std::vector<RowCell>& cells, std::size_t line) {
  Slice slice;
  for (const auto& cell : cells) {
    if (line >= cell.text->lines().size()) continue;
    slice.height = std::max(slice.height, cell.text->lines()[line].height);
    add_line(slice, cell, line, 0);
  }
  return slice;
}

Strip split_row(const std::vector<RowCell>& cells) {
  std::size_t lines = 0;
  for (const auto& cell : cells) lines = std::max(lines, cell.text->lines().size());
  Strip strip;
  for (std::size_t line = 0; line < lines; ++line) strip.push_back(row_line(cells, line));
  pad_top(strip, kPadY);
  pad_bottom(strip, kPadY);
  if (strip.size() > 1) {
    strip.front().keep = Keep::kWithNext;
    strip[strip.size() - 2].keep = Keep::kWithNext;
  }
  for (auto& slice : strip) {
    for (const auto& cell : cells) add_tint(slice, cell);
  }
  return strip;
}

void add_rule(Slice& slice, double thickness, Rgb colour) {
  slice.marks.emplace_back(Fill{{kLeft, slice.height - thickness, kBodyWidth, thickness}, colour});
}

Strip header_of(const TextEngine& engine, const Table& table, const std::vector<Track>& tracks) {
  std::vector<RowCell> cells;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const auto& column = table.columns[i];
    cells.push_back({engine.set(plain(column.title), title_format(column.align), inner_width(tracks[i])), tracks[i]});
  }
  Strip header = row_of(cells, kBodyHeight / 3);
  fill(header, kLeft, kBodyWidth, kHead);
  add_rule(header.back(), 1, kMuted);
  keep_with_next(header);
  return header;
}

std::vector<RowCell> cells_of(const TextEngine& engine, const Table& table, const std::vector<Cell>& row,
                              const std::vector<Track>& tracks) {
  std::vector<RowCell> cells;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const auto format = cell_format(table.columns[i].align);
    cells.push_back({engine.set(row[i].text, format, inner_width(tracks[i])), tracks[i], row[i].tone});
  }
  return cells;
}

void add_all(Strip strip, Paginator& pages) {
  for (auto& slice : strip) pages.add(std::move(slice));
}

Strip caption_and_header(const TextEngine& engine, const Table& table, Strip header) {
  Strip top;
  if (!table.caption.empty()) {
    const TextFormat format{.size = kTableSize + 0.5, .weight = Weight::kBold};
    top = lines_of(engine.set(plain(table.caption), format, kBodyWidth), kLeft);
    pad_bottom(top, 3);
    keep_with_next(top);
  }
  append(top, std::move(header));
  return top;
}

// No row stands alone under a header or at a table's end; a small table is not broken at all.
bool stays_with_next(std::size_t row, std::size_t rows) {
  const bool is_small = rows <= kRowsOfSmallTable;
  return row + 1 < rows && (is_small || row == 0 || row + 2 == rows);
}

}  // namespace

std::vector<Track> tracks_of(const TextEngine& engine, const Table& table) {
  std::vector<double> widths = shares_by_weight(table);
  std::vector<double> needed;
  for (std::size_t i = 0; i < widths.size(); ++i) needed.push_back(needed_width(engine, table, i));
  widen(widths, needed);
  std::vector<Track> tracks;
  double x = kLeft;
  for (const double width : widths) {
    tracks.push_back({x, width});
    x += width;
  }
  return tracks;
}

Strip row_of(const std::vector<RowCell>& cells, double max_height) {
  double height = 0;
  for (const auto& cell : cells) height = std::max(height, cell.text->height());
  height += 2 * kPadY;
  if (height > max_height) return split_row(cells);
  Strip strip;
  strip.push_back(whole_row(cells, height));
  return strip;
}

void write_table(const TextEngine& engine, const Table& table, double space, Paginator& pages) {
  const auto tracks = tracks_of(engine, table);
  Strip header = header_of(engine, table, tracks);
  // A header that was itself too tall for one slice appears once.
  const auto repeated = header.size() == 1 ? std::make_shared<const Slice>(header.front()) : nullptr;
  Strip top = caption_and_header(engine, table, std::move(header));
  if (table.rows.empty()) top.back().keep = Keep::kFree;
  space_before(top, space);
  add_all(std::move(top), pages);
  for (std::size_t row = 0; row < table.rows.size() && !pages.is_full(); ++row) {
    Strip strip = row_of(cells_of(engine, table, table.rows[row], tracks), kBodyHeight / 2);
    add_rule(strip.back(), kHairline, kRule);
    if (stays_with_next(row, table.rows.size())) strip.back().keep = Keep::kWithNext;
    for (auto& slice : strip) slice.header = repeated;
    add_all(std::move(strip), pages);
  }
}

}  // namespace tollgate::charter
