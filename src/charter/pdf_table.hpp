// Tables on paper: column widths, rows of wrapped cells, a header that returns on every page, rows too tall for a page
// split between lines.
#pragma once

#include "charter/document.hpp"
#include "charter/pdf_paginator.hpp"
#include "charter/pdf_strip.hpp"
#include "charter/pdf_text.hpp"

namespace tollgate::charter {

struct Track {
  double x = 0;
  double width = 0;
};

// Where each column stands: shares by weight, but no narrower than its longest word as long as others can spare it.
std::vector<Track> tracks_of(const TextEngine& engine, const Table& table);

// One row of cells beside each other: one slice, or one slice a line where it is taller than `max_height`.
struct RowCell {
  std::shared_ptr<const TextBlock> text;
  Track track;  // of the column
  Tone tone = Tone::kNeutral;
};
Strip row_of(const std::vector<RowCell>& cells, double max_height);

// Adds the caption, the header and the rows to the page, row by row.
void write_table(const TextEngine& engine, const Table& table, double space, Paginator& pages);

}  // namespace tollgate::charter
