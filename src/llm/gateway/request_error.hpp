// How a request that cannot be translated is refused: by the member that is to blame.
#pragma once

#include <expected>
#include <string_view>

#include "base/error.hpp"

namespace tollgate::llm::gateway {

// kInvalidArgument: "messages[2].role: …"; the request is not what its own format says.
std::unexpected<base::Error> invalid(std::string_view path, std::string_view what);

// kUnsupported: the provider's format has nothing for it, and without it the request would mean something else.
std::unexpected<base::Error> untranslatable(std::string_view path);

}  // namespace tollgate::llm::gateway
