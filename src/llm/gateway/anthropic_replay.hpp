// Anthropic's replies, whole and as events.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tollgate::llm::gateway {

base::Result<std::string> to_anthropic_stream(std::string_view body);
base::Result<std::string> to_anthropic_whole(std::string_view frames);

}  // namespace tollgate::llm::gateway
