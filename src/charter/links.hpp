// Which link targets are let into a document, and in what form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::charter {

// An http or https URL in pure ASCII: what RFC 3986 does not allow, and quotes and brackets that would need care in
// HTML, Markdown or PDF, are percent-encoded. nullopt for every other scheme, no host, or more than 2,000 bytes.
std::optional<std::string> safe_url(std::string_view url);

// Letters, digits, '-', '_', '.' and ':', starting with a letter: an id that needs no escaping anywhere.
bool is_anchor(std::string_view anchor);

}  // namespace tollgate::charter
