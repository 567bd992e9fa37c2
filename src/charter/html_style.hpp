// The style sheet of the HTML page: screen, dark mode, print on A4. Constant, so that a hash in the page's content
// security policy can pin it; nothing from a document ever enters it.
#pragma once

#include <string>

namespace tollgate::charter {

// Column widths come in classes w5, w10 … w100 (percent): the policy forbids style attributes.
inline constexpr int kWidthStep = 5;

const std::string& html_style();

// "sha256-…" of html_style(), as the policy wants it.
const std::string& html_style_hash();

}  // namespace tollgate::charter
