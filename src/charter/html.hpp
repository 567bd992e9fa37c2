// Writes a document as one HTML5 page that needs nothing else: no script, no external resource, its style inside and
// its content security policy allows just that style. Every text is escaped. Pure; any thread. Linear in size.
#pragma once

#include <string>

#include "charter/document.hpp"

namespace tollgate::charter {

std::string to_html(const Document& document);

}  // namespace tollgate::charter
