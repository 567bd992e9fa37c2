// Passes a request on in the format it came in: the client's own bytes but for what the gateway must change.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm::gateway {

// kInvalidArgument when there is no model to replace, or more than one.
base::Result<std::string> pass_request(const WireRequest& request, std::string_view model);

}  // namespace tollgate::llm::gateway
