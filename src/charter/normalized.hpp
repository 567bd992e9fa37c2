// The document as every writer wants it, so that none of them has to check again:
// - all text is clean (clean_text.hpp); titles, headings, names and captions are on one line;
// - a link is a safe URL or "#anchor" of a heading that exists, else it is gone and its text stays;
// - anchors are valid and unique; heading levels 1 to 3; column weights 1 to 100;
// - every row is as long as its table's columns; tables without columns are gone;
// - neighbouring spans differ in style or link, none is empty; a paragraph has no blank line in it.
#pragma once

#include "charter/document.hpp"

namespace tollgate::charter {

Document normalized(Document document);

}  // namespace tollgate::charter
