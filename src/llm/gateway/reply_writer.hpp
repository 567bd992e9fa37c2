// Writes a reply as a stream of its client's format, part by part. One instance writes one reply.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/gateway/passed_stream.hpp"
#include "llm/gateway/reply_part.hpp"

namespace tollgate::llm::gateway {

class ReplyWriter {
 public:
  virtual ~ReplyWriter() = default;

  // Appends the frames that `part` makes, if any. kBadReply when no order of frames can express it.
  virtual base::Status write(const ReplyPart& part, std::string& out) = 0;
};

std::unique_ptr<ReplyWriter> make_openai_reply_writer(UsageChunk usage_chunk);
std::unique_ptr<ReplyWriter> make_anthropic_reply_writer();
std::unique_ptr<ReplyWriter> make_reply_writer(WireFormat client, UsageChunk usage_chunk);

}  // namespace tollgate::llm::gateway
