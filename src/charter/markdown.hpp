// Writes a document as GitHub-flavoured Markdown that also reads well as plain text. Every text of the document is
// escaped: what a person typed is never markup. Pure; any thread. Linear in the size of the document.
#pragma once

#include <string>

#include "charter/document.hpp"

namespace tollgate::charter {

// Ends with one line end. The title is the only level 1 heading.
std::string to_markdown(const Document& document);

}  // namespace tollgate::charter
