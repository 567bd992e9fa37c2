// Translates a provider's stream for a client of the other format as it arrives.
#pragma once

#include <memory>

#include "llm/chat.hpp"
#include "llm/gateway/passed_stream.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {

std::unique_ptr<StreamReader> make_translated_stream(WireFormat provider, WireFormat client, UsageChunk usage_chunk);

}  // namespace tollgate::llm::gateway
