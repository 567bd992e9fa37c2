// Passes a provider's stream on to a client of the same format.
#pragma once

#include <memory>

#include "llm/chat.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {

enum class UsageChunk { kKeep, kDrop };  // what becomes of OpenAI's extra one

std::unique_ptr<StreamReader> make_passed_stream(WireFormat format, UsageChunk usage_chunk);

}  // namespace tollgate::llm::gateway
