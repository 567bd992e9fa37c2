// A provider's reply as a gateway's client gets it, whole or as it streams.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm {

// A whole reply. The result's text is the body for the client: the same bytes when both speak one format.
// kBadReply when it is none; an error that came with status 200 becomes that error.
base::Result<ChatReply> read_wire_reply(WireFormat provider, WireFormat client, std::string_view body);

// A streamed reply to `request`. Each event goes on at once, in one call of the sink; of the same format unchanged, but
// that OpenAI's chunk of usage comes only to a client that asked for it. The result's text is all that was sent. A
// stream that ends early, or has an event that is no JSON, is a kBadReply, and nothing that looks like an end is sent;
// a [DONE] that is all that is missing is added.
std::unique_ptr<StreamReader> make_wire_stream(WireFormat provider, const WireRequest& request);

}  // namespace tollgate::llm
