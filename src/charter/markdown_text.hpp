// Runs of text as Markdown inlines, with as few backslashes as safety allows: most readers see the source.
// Sources: CommonMark 0.31 §6 and the GitHub extensions (tables, strikethrough, autolinks).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charter/document.hpp"

namespace tollgate::charter {

enum class MarkdownPlace {
  kParagraph,  // a line's start may begin a block: "1.", "#", "-" …
  kInline,     // after "## " or in a table's cell
};

// One string for each line of the text, trimmed; an empty string for a blank line. Text is clean, links are safe.
std::vector<std::string> markdown_lines(const Text& text, MarkdownPlace place);

}  // namespace tollgate::charter
