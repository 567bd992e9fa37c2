// The charter of a loaded session in one of its formats.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engine/session_loader.hpp"

namespace tollgate::engine {

enum class CharterFormat { kMarkdown, kHtml, kPdf, kJson };

std::optional<CharterFormat> parse_charter_format(std::string_view name);  // md, html, pdf, json
std::string_view media_type(CharterFormat format);

// Deterministic: printing a decided session again gives the same bytes. Up to seconds of work for a PDF: not for an
// I/O thread under load. kTooLarge, and kUnsupported where the machine has no font.
base::Result<std::string> print_charter(const LoadedSession& loaded, CharterFormat format,
                                        std::string_view program_version);

}  // namespace tollgate::engine
