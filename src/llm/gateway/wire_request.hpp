// A client's request as it goes to a provider.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/openai_wire.hpp"

namespace tollgate::llm {

// The body to send to a provider that speaks `to`, for `model`. REQUIRES read_wire_facts() to have accepted it.
//
// Same format: the client's bytes with the value of "model" replaced, and for a stream of OpenAI's with
// stream_options.include_usage set. Other format: translated, see docs/gateway.md. Errors name the member:
// kInvalidArgument when it is not what its format says, kUnsupported when the provider's format has nothing for it.
base::Result<std::string> write_wire_request(const WireRequest& request, WireFormat to, std::string_view model,
                                             openai::TokenLimit limit = openai::TokenLimit::kMaxCompletionTokens);

}  // namespace tollgate::llm
