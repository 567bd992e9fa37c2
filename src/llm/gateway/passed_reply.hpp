// Passes a whole reply on to a client of the same format: the same bytes, and what they say of tokens and ending.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm::gateway {

base::Result<ChatReply> pass_reply(WireFormat format, std::string_view body);

}  // namespace tollgate::llm::gateway
