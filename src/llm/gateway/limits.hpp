// Bounds of what the gateway reads from a provider.
#pragma once

#include "llm/sse.hpp"

namespace tollgate::llm::gateway {

// An image or a document in one event is legitimate.
inline constexpr SseLimits kStreamLimits{10U << 20, 10U << 20};

}  // namespace tollgate::llm::gateway
