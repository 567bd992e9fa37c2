// Text as a terminal shows it: its width in columns, wrapping, small tables, and nothing in it that steers the
// terminal.
//
// Pure functions. Widths follow Unicode roughly: wide East Asian and emoji characters take two columns, combining ones
// none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::cli {

// Without control characters (line breaks stay, tabs become spaces), bidirectional overrides and broken UTF-8: answers,
// protocols and replies of models come from outside.
std::string printable(std::string_view text);

std::size_t display_width(std::string_view text);  // columns; REQUIRES: printable, one line

// Lines of at most `columns`, broken at spaces, in words only when one is too long. Line breaks in the text stay.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// The text on one line of at most `columns`, with "…" where it was cut.
std::string clipped(std::string_view text, std::size_t columns);

std::string padded(std::string_view text, std::size_t columns);  // with spaces, clipped when longer

// Head and rows, aligned, with the number of each row in front. What does not fit in width is cut column by column;
// columns that find no place at all are left out, which "…" shows.
std::vector<std::string> table_lines(const std::vector<std::string>& head,
                                     const std::vector<std::vector<std::string>>& rows, std::size_t columns);

}  // namespace tollgate::cli
