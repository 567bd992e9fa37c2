// Writes a document as PDF: A4, with bookmarks, links and page numbers "n / m". Typeset by Pango and drawn by Cairo,
// with the fonts that fontconfig finds; Debian's fonts-dejavu-core is enough for Latin, Greek and Cyrillic.
//
// Blocks the calling thread (about 1 ms a page; run it on a pool); any thread, several at a time. The same document
// gives the same bytes on a machine with the same fonts and libraries.
#pragma once

#include <string>

#include "base/result.hpp"
#include "charter/document.hpp"

namespace tollgate::charter {

inline constexpr int kMaxPdfPages = 2000;

// The file's bytes. kTooLarge: more than kMaxPdfPages pages; kUnsupported: no font is installed.
base::Result<std::string> to_pdf(const Document& document);

}  // namespace tollgate::charter
