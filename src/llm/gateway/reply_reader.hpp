// Reads a provider's streamed reply event by event. One instance reads one reply.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/gateway/reply_part.hpp"
#include "llm/sse.hpp"

namespace tollgate::llm::gateway {

// What an event is to a client of the provider's own format.
enum class EventKind {
  kPlain,
  kUsageOnly,  // OpenAI's extra chunk, which comes to those who asked for it
  kLate,       // what follows the end: nothing
};

class ReplyReader {
 public:
  virtual ~ReplyReader() = default;

  // kBadReply: not in the provider's format, or it ends before the message does. An error event becomes its error.
  virtual base::Result<EventKind> read(const SseEvent& event, PartSink& sink) = 0;

  // After the last event; kBadReply when the message did not end. Gives the MessageEnd that the provider left out.
  virtual base::Status finish(PartSink& sink) = 0;
};

std::unique_ptr<ReplyReader> make_openai_reply_reader();
std::unique_ptr<ReplyReader> make_anthropic_reply_reader();
std::unique_ptr<ReplyReader> make_reply_reader(WireFormat provider);

}  // namespace tollgate::llm::gateway
