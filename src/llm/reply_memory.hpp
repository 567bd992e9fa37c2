// Keeps replies that were not asked for by themselves but came as part of a larger one, so that who asks for one of
// them later finds it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "llm/chat.hpp"

namespace tollgate::llm {

class ReplyMemory {
 public:
  virtual ~ReplyMemory() = default;

  // As if `reply` had been given to `request`, in place of the whole of which it is a part and whose passage it has.
  // Not kept when what it was made from was purged meanwhile. Used on the router's executor.
  virtual void remember(ChatRequest request, ChatReply reply) = 0;
};

}  // namespace tollgate::llm
