// Base64 (RFC 4648, §4) of bytes. Pure functions, quick rather than constant in time: not for secrets as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

// At most 1 GiB.
std::string to_base64(std::string_view bytes);  // padded with "="

// Nullopt for anything that to_base64() does not write.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace tollgate::base
