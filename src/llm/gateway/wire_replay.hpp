// Gives a reply that was kept in one form to a client that wants it in the other: whole or as a stream, in one format.
//
// Nothing is lost on the way but the boundaries of the pieces: members that only one provider knows, signatures and
// citations included, come through.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm {

// All frames with their end. `wants_usage`: OpenAI's stream_options.include_usage; Anthropic's streams always have it.
base::Result<std::string> to_stream(WireFormat format, std::string_view whole_body, bool wants_usage);

// kBadReply when the frames are no complete stream.
base::Result<std::string> to_whole(WireFormat format, std::string_view all_frames);

}  // namespace tollgate::llm
