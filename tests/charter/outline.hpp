// A document as compact text, one block or row a line, for expectations that can be read.
#pragma once

#include <string>

#include "charter/document.hpp"

namespace tollgate::charter {

// "# Title", "## Heading", "P text", "- item", "> quote", "! callout [bad]", "| cell | cell [caution] |", "= name:
// value",
// "_ role".
std::string outline(const Document& document);
std::string outline(const Text& text);  // *emphasis*, everything else plain

}  // namespace tollgate::charter
